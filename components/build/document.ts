/**
 * A Cloud Build document in its REST and YAML spelling (`waitFor`, `secretEnv`), as it is rendered
 * here.
 *
 * @see https://cloud.google.com/build/docs/build-config-file-schema
 */
export interface BuildDocument {
  /** Steps in order; which ones wait for which is each step's `waitFor`. */
  steps: BuildStep[];
  /** Pushed once more after the last step: only these get provenance. */
  images?: string[];
  /** Own substitutions, `_NAME` to value. */
  substitutions?: Record<string, string>;
  /** Secrets that steps may name in `secretEnv`. */
  availableSecrets?: { secretManager: SecretManagerSecret[] };
  /** Settings of the whole build. */
  options: BuildDocumentOptions;
  /** Whole build, `7200s`. */
  timeout: string;
  /** How long the build may wait to start, `3600s`. */
  queueTtl?: string;
  /** `projects/{project}/serviceAccounts/{email}` */
  serviceAccount?: string;
  /** Labels of the build; releases of one service share one. */
  tags?: string[];
}

/** One container that runs to its end. */
export interface BuildStep {
  /** Name that `waitFor` refers to. */
  id: string;
  /** Image that the step runs in. */
  name: string;
  /** Program in place of the image's own entrypoint. */
  entrypoint?: string;
  /** Arguments, not read by a shell. */
  args?: string[];
  /** Shell text. Cloud Build substitutes nothing in it; values arrive by `env`. */
  script?: string;
  /** `NAME=value` */
  env?: string[];
  /** Names out of `availableSecrets`. */
  secretEnv?: string[];
  /** Working directory; relative to `/workspace`, or absolute in the step's image. */
  dir?: string;
  /** IDs of earlier steps; `-` starts at once; absent waits for all steps before it. */
  waitFor?: string[];
  /** `600s` */
  timeout?: string;
  /** Volumes shared with other steps. */
  volumes?: { name: string; path: string }[];
}

/** A secret version and the environment variable that it is given as. */
export interface SecretManagerSecret {
  /** `projects/{project}/secrets/{id}/versions/{n}` */
  versionName: string;
  /** Name of the variable. */
  env: string;
}

/** Settings of the whole build. */
export interface BuildDocumentOptions {
  /** Where logs go; a build with an account of its own must say so. */
  logging: "CLOUD_LOGGING_ONLY";
  /** Asks for provenance that Cloud Build has signed. */
  requestedVerifyOption?: "VERIFIED";
  /** `E2_HIGHCPU_8` */
  machineType?: string;
  /** `projects/{project}/locations/{region}/workerPools/{name}` */
  workerPool?: string;
  /** Volumes of every step. */
  volumes?: { name: string; path: string }[];
}

/** Any Cloud Build document, also one that was not rendered here: nothing is sure to be there. */
export interface AnyBuildDocument {
  steps?: AnyBuildStep[] | undefined;
  images?: string[] | undefined;
  artifacts?: { images?: string[] | undefined } | undefined;
  substitutions?: Record<string, string> | undefined;
  availableSecrets?: { secretManager?: SecretManagerSecret[] | undefined } | undefined;
  options?: AnyBuildOptions | undefined;
  timeout?: string | undefined;
  queueTtl?: string | undefined;
  serviceAccount?: string | undefined;
  tags?: string[] | undefined;
}

/** A step of any document. */
export interface AnyBuildStep {
  id?: string | undefined;
  name?: string | undefined;
  entrypoint?: string | undefined;
  args?: string[] | undefined;
  script?: string | undefined;
  env?: string[] | undefined;
  secretEnv?: string[] | undefined;
  dir?: string | undefined;
  waitFor?: string[] | undefined;
  timeout?: string | undefined;
  volumes?: { name: string; path: string }[] | undefined;
  allowFailure?: boolean | undefined;
  allowExitCodes?: number[] | undefined;
}

/** Settings of any document. */
export interface AnyBuildOptions {
  logging?: string | undefined;
  requestedVerifyOption?: string | undefined;
  dynamicSubstitutions?: boolean | undefined;
  substitutionOption?: string | undefined;
  machineType?: string | undefined;
  workerPool?: string | undefined;
  env?: string[] | undefined;
  secretEnv?: string[] | undefined;
  volumes?: { name: string; path: string }[] | undefined;
}
