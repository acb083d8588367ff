import type { BuildStep } from "./document";
import { builtImage, cacheImage, literal, STEP_IMAGES } from "./images";
import type { ReleaseOptions } from "./options";

/** Builds the image. Arguments are an array: no shell reads them. */
export function buildStep({ image, build, timeouts }: ReleaseOptions): BuildStep {
  const buildArgs = Object.entries(build.buildArgs).flatMap(([name, value]) => [
    "--build-arg",
    literal(`${name}=${value}`),
  ]);
  return {
    id: "build",
    name: STEP_IMAGES.docker,
    waitFor: ["guard"],
    timeout: `${timeouts.buildSeconds}s`,
    env: ["BUILD_ID=$BUILD_ID", "DOCKER_BUILDKIT=1"],
    args: [
      "build",
      "--file",
      literal(build.dockerfile),
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
