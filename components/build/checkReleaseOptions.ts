import { quote, type Violation } from "../core/violations";
import { checkImageOptions } from "./checkImageOptions";
import { checkMigrationOptions } from "./checkMigrationOptions";
import { checkReachOptions } from "./checkReachOptions";
import { checkWorkerOptions } from "./checkWorkerOptions";
import { BUILD_ACCOUNT, checkProgram, fits, REGION, SERVICE_NAME } from "./optionRules";
import type { ReleaseOptions, ReleaseTimeouts } from "./options";
import { renderRelease } from "./renderRelease";
import { seconds } from "./timeouts";

/** The longest that Cloud Build lets a build run. @see https://cloud.google.com/build/quotas */
const LONGEST_BUILD_SECONDS = 24 * 60 * 60;

/** Checks options before they are rendered; paths are those of {@link ReleaseOptions}. */
export function checkReleaseOptions(options: ReleaseOptions): Violation[] {
  const violations = [
    ...fits("region", options.region, REGION),
    ...fits("service", options.service, SERVICE_NAME),
    ...fits("serviceAccount", options.serviceAccount, BUILD_ACCOUNT),
    ...checkImageOptions(options),
    ...checkMigrationOptions(options),
    ...checkReachOptions(options),
    ...checkPromotion(options),
    ...checkWorkerOptions(options),
    ...checkSeconds(options.timeouts),
  ];
  return violations.length > 0 ? violations : checkWhole(options);
}

function checkPromotion({ promotion }: ReleaseOptions): Violation[] {
  if (promotion.promotion === "Immediately" || promotion.verifyCommand === null) return [];
  return checkProgram("promotion.verifyCommand", promotion.verifyCommand);
}

function checkSeconds(timeouts: ReleaseTimeouts): Violation[] {
  return Object.entries(timeouts).flatMap(([name, value]: [string, number]) =>
    Number.isInteger(value) && value > 0 && value <= LONGEST_BUILD_SECONDS
      ? []
      : [
          {
            path: `timeouts.${name}`,
            expected: `whole seconds from 1 to ${LONGEST_BUILD_SECONDS}`,
            got: quote(value),
            rule: "release-seconds",
          },
        ],
  );
}

function checkWhole(options: ReleaseOptions): Violation[] {
  const whole = seconds(renderRelease(options).timeout) ?? 0;
  if (whole <= LONGEST_BUILD_SECONDS) return [];
  return [
    {
      path: "timeouts",
      expected: `steps of at most ${LONGEST_BUILD_SECONDS} s together`,
      got: `${whole} s`,
      remedy: "lower migrationSeconds or guardSeconds",
      rule: "release-longest-build",
    },
  ];
}
