import type { BuildStep } from "./document";
import { builtImage, literal } from "./images";
import type { ReleaseOptions } from "./options";

/**
 * A step in an image that was just built: its program is called directly, the image needs no shell.
 */
export function imageStep(
  image: string,
  { build }: ReleaseOptions,
  step: Pick<BuildStep, "id" | "waitFor" | "timeout"> & { command: readonly string[] },
  env: readonly string[] = [],
): BuildStep {
  const { command, ...rest } = step;
  const [program = "", ...args] = command;
  return {
    ...rest,
    name: builtImage(image),
    dir: literal(build.workingDirectory),
    env: ["BUILD_ID=$BUILD_ID", "COMMIT_SHA=$COMMIT_SHA", ...env],
    entrypoint: literal(program),
    args: args.map(literal),
  };
}
