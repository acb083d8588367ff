import { carriesPassword, looksSecret } from "../core/secretNames";
import { quote, type Violation } from "../core/violations";
import { ABSOLUTE_PATH, fits, IMAGE_PATH, RELATIVE_PATH, VARIABLE } from "./optionRules";
import type { ReleaseOptions } from "./options";

/** Checks what is built: the image that serves, and the one that only migrates. */
export function checkImageOptions({ image, build, migrationImage }: ReleaseOptions): Violation[] {
  return [
    ...fits("image", image, IMAGE_PATH),
    ...fits("build.dockerfile", build.dockerfile, RELATIVE_PATH),
    ...fits("build.context", build.context, RELATIVE_PATH),
    ...fits("build.workingDirectory", build.workingDirectory, ABSOLUTE_PATH),
    ...checkBuildArgs("build.buildArgs", build.buildArgs),
    ...(migrationImage === null
      ? []
      : [
          ...fits("migrationImage.image", migrationImage.image, IMAGE_PATH),
          ...fits("migrationImage.dockerfile", migrationImage.dockerfile, RELATIVE_PATH),
          ...checkOtherImage(image, migrationImage.image),
        ]),
  ];
}

// One path would have two images under one tag; another repository might be one that the build may
// not write to.
function checkOtherImage(image: string, other: string): Violation[] {
  const folder = (path: string): string => path.slice(0, path.lastIndexOf("/") + 1);
  if (other !== image && folder(other) === folder(image)) return [];
  return [
    {
      path: "migrationImage.image",
      expected: `another image of the same repository, ${folder(image)}…`,
      got: quote(other),
      rule: "release-migration-image",
    },
  ];
}

/** Checks build arguments: anybody who can pull the image can read them. */
export function checkBuildArgs(path: string, buildArgs: Record<string, string>): Violation[] {
  return Object.entries(buildArgs).flatMap(([name, value]) =>
    checkBuildArg(`${path}.${name}`, name, value),
  );
}

function checkBuildArg(path: string, name: string, value: string): Violation[] {
  const remedy = "build arguments stay readable in the image; give secrets to the service instead";
  const got = quote(name);
  if (!VARIABLE.test(name)) {
    const expected = "a name of letters, digits and `_`";
    return [{ path, expected, got, rule: "release-build-argument-name" }];
  }
  if (looksSecret(name)) {
    const expected = "a name that means no secret";
    return [{ path, expected, got, remedy, rule: "release-build-argument-secret" }];
  }
  if (carriesPassword(value)) {
    const expected = "a value without a password";
    const rule = "release-build-argument-password";
    return [{ path, expected, got: "[secret]", remedy, rule }];
  }
  if (!value.includes("\0")) return [];
  return [{ path, expected: "no NUL character", got: "one", rule: "release-build-argument-nul" }];
}
