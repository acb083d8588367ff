import type { BuildStep } from "./document";
import { literal } from "./images";
import { imageStep } from "./imageStep";
import type { ReleaseOptions } from "./options";

/**
 * Runs the user's own command in the just-built image before traffic moves. It finds the revision's
 * name and address in the files `revision` and `url` of `RELEASE_FOLDER`.
 */
export function verifyRevisionStep(
  options: ReleaseOptions,
  verifyCommand: readonly string[],
): BuildStep {
  return imageStep(
    options.image,
    options,
    {
      id: "verify-revision",
      waitFor: ["deploy"],
      timeout: `${options.timeouts.verifyRevisionSeconds}s`,
      command: verifyCommand,
    },
    [
      `SERVICE=${literal(options.service)}`,
      `REGION=${literal(options.region)}`,
      "RELEASE_FOLDER=/workspace/.release",
    ],
  );
}
