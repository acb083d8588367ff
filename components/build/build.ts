import type { BuildStep } from "./document";
import { builtImage, cacheImage, literal, STEP_IMAGES } from "./images";
import type { MigrationImage, ReleaseOptions } from "./options";

/** Builds the image that serves. */
export function buildStep(options: ReleaseOptions): BuildStep {
  return dockerBuild(options, "build", options.image, options.build.dockerfile);
}

/** Builds the image that only migrates, beside the other one and from the same sources. */
export function buildMigrationStep(options: ReleaseOptions, other: MigrationImage): BuildStep {
  return dockerBuild(options, "build-migration", other.image, other.dockerfile);
}

/** Arguments are an array: no shell reads them. */
function dockerBuild(
  { build, timeouts }: ReleaseOptions,
  id: string,
  image: string,
  dockerfile: string,
): BuildStep {
  const buildArgs = Object.entries(build.buildArgs).flatMap(([name, value]) => [
    "--build-arg",
    literal(`${name}=${value}`),
  ]);
  return {
    id,
    name: STEP_IMAGES.docker,
    waitFor: ["guard"],
    timeout: `${timeouts.buildSeconds}s`,
    env: ["BUILD_ID=$BUILD_ID", "DOCKER_BUILDKIT=1"],
    args: [
      "build",
      "--file",
      literal(dockerfile),
      "--cache-from",
      cacheImage(image),
      // Writes the cache into the image, from where `--cache-from` reads it.
      "--build-arg",
      "BUILDKIT_INLINE_CACHE=1",
      ...buildArgs,
      "--label",
      "org.opencontainers.image.revision=$COMMIT_SHA",
      "--tag",
      builtImage(image),
      "--tag",
      cacheImage(image),
      literal(build.context),
    ],
  };
}
