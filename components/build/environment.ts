import { literal } from "./images";
import type { ReleaseOptions } from "./options";

/** What every step that changes the service is told. */
export function serviceEnvironment({ service, region }: ReleaseOptions): string[] {
  return [
    "BUILD_ID=$BUILD_ID",
    "COMMIT_SHA=$COMMIT_SHA",
    `SERVICE=${literal(service)}`,
    `REGION=${literal(region)}`,
  ];
}
