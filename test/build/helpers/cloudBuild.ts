import type { BuildStep } from "../../../components/build/document";

export const BUILD_ID = "0b1c2d3e-aaaa-bbbb-cccc-000000000002";
export const COMMIT_SHA = "89abcdef0123456789abcdef0123456789abcdef";
export const DIGEST = `europe-west1-docker.pkg.dev/example-project/shop/shop@sha256:${"5".repeat(64)}`;

/** Substitutions of a build that a trigger started. */
export const substitutions: Record<string, string> = {
  PROJECT_ID: "example-project",
  BUILD_ID,
  LOCATION: "europe-west1",
  COMMIT_SHA,
  SHORT_SHA: COMMIT_SHA.slice(0, 7),
  BRANCH_NAME: "main",
};

/** Substitutes as Cloud Build does: `$NAME`, `${NAME}` and `$$`; a missing one becomes empty. */
export function substitute(text: string, values: Record<string, string>): string {
  return text.replaceAll(
    /\$(?:\$|\{([A-Z_][A-Z0-9_]*)\}|([A-Z_][A-Z0-9_]*))/g,
    (whole, braced?: string, bare?: string) =>
      whole === "$$" ? "$" : (values[braced ?? bare ?? ""] ?? ""),
  );
}

/** What a step is given: substitution in every field but the script. */
export function stepEnvironment(
  step: BuildStep,
  values: Record<string, string>,
): Record<string, string> {
  return Object.fromEntries(
    (step.env ?? []).map((line) => {
      const text = substitute(line, values);
      const at = text.indexOf("=");
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

export function stepArguments(step: BuildStep, values: Record<string, string>): string[] {
  return (step.args ?? []).map((arg) => substitute(arg, values));
}
