import { buildMigrationStep, buildStep } from "./build";
import { deployStep } from "./deploy";
import type { BuildDocument, BuildStep } from "./document";
import { guardStep, releaseTag } from "./guard";
import { builtImage, literal } from "./images";
import type { ReleaseOptions } from "./options";
import { promoteStep } from "./promote";
import { pushStep } from "./push";
import { buildMachine, migrationSteps, releaseSecrets } from "./reach";
import { buildTimeoutSeconds } from "./timeouts";
import { verifyRevisionStep } from "./verifyRevision";
import { deployWorkersStep } from "./workers";

/**
 * Renders the release that the trigger runs: build, push, migrate with that very image, deploy
 * without traffic, route. The same options always give the same document.
 *
 * `dynamicSubstitutions` and `substitutionOption` are left out: a triggered build behaves the same
 * whatever they say.
 */
export function renderRelease(options: ReleaseOptions): BuildDocument {
  const steps = releaseSteps(options);
  const secrets = releaseSecrets(options);
  const { migrationImage } = options;
  return {
    steps,
    // Provenance is made only for images that are listed here, and only after the last step.
    images: [
      builtImage(options.image),
      ...(migrationImage === null ? [] : [builtImage(migrationImage.image)]),
    ],
    ...(secrets.length === 0 ? {} : { availableSecrets: { secretManager: secrets } }),
    timeout: `${buildTimeoutSeconds(steps)}s`,
    queueTtl: `${options.timeouts.queueSeconds}s`,
    serviceAccount: literal(options.serviceAccount),
    tags: [literal(releaseTag(options.service))],
    options: {
      logging: "CLOUD_LOGGING_ONLY",
      requestedVerifyOption: "VERIFIED",
      ...buildMachine(options),
    },
  };
}

function releaseSteps(options: ReleaseOptions): BuildStep[] {
  const { promotion, migrationImage, workers } = options;
  // Whoever routes traffic by hand does the workers by hand too: they follow the service.
  const deploysWorkers = workers.length > 0 && promotion.promotion !== "Manual";
  const verifyCommand = promotion.promotion === "Immediately" ? null : promotion.verifyCommand;
  const steps = [
    guardStep(options),
    buildStep(options),
    ...(migrationImage === null ? [] : [buildMigrationStep(options, migrationImage)]),
    pushStep(options),
    ...migrationSteps(options),
    deployStep(options),
    ...(verifyCommand === null ? [] : [verifyRevisionStep(options, verifyCommand)]),
    promoteStep(options),
    ...(deploysWorkers ? [deployWorkersStep(options)] : []),
  ];
  return steps.map(inReadingOrder);
}

// What a step is and waits for comes first, its long text last.
function inReadingOrder(step: BuildStep): BuildStep {
  const { id, name, waitFor, timeout, entrypoint, args, script, ...others } = step;
  return {
    id,
    name,
    ...(waitFor === undefined ? {} : { waitFor }),
    ...(timeout === undefined ? {} : { timeout }),
    ...others,
    ...(entrypoint === undefined ? {} : { entrypoint }),
    ...(args === undefined ? {} : { args }),
    ...(script === undefined ? {} : { script }),
  };
}
