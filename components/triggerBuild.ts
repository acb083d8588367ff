import type * as gcp from "@pulumi/gcp";

import type { AnyBuildDocument, AnyBuildStep } from "./build/document";
import { defined } from "./defined";

type TriggerBuild = gcp.types.input.cloudbuild.TriggerBuild;
type TriggerBuildStep = gcp.types.input.cloudbuild.TriggerBuildStep;

/**
 * A Cloud Build document in the provider's spelling: lists have plural names (`waitFors`, `envs`).
 * The account is left out: a trigger has it as an argument of its own.
 */
export function toTriggerBuild(document: AnyBuildDocument): TriggerBuild {
  const secretManagers = document.availableSecrets?.secretManager;
  return defined({
    steps: (document.steps ?? []).map(toTriggerStep),
    images: document.images,
    artifacts: document.artifacts && defined({ images: document.artifacts.images }),
    substitutions: document.substitutions,
    tags: document.tags,
    timeout: document.timeout,
    queueTtl: document.queueTtl,
    options: document.options && toTriggerOptions(document.options),
    availableSecrets: secretManagers && { secretManagers },
  });
}

function toTriggerStep(step: AnyBuildStep): TriggerBuildStep {
  const { env, secretEnv, waitFor, name = "", ...same } = step;
  return defined({
    ...same,
    name,
    envs: env,
    secretEnvs: secretEnv,
    waitFors: waitFor,
  });
}

/**
 * Neither `substitutionOption` nor `dynamicSubstitutions`: a trigger overrules both, and each
 * preview would show them.
 */
function toTriggerOptions({
  logging,
  requestedVerifyOption,
  machineType,
  workerPool,
  env,
  secretEnv,
  volumes,
}: NonNullable<AnyBuildDocument["options"]>): TriggerBuild["options"] {
  const variables = { envs: env, secretEnvs: secretEnv };
  return defined({
    logging,
    requestedVerifyOption,
    machineType,
    workerPool,
    ...variables,
    volumes,
  });
}
