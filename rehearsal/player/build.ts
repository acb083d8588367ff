/** A Cloud Build document after validation: every list is there, durations are numbers. */
export interface Build {
  steps: Step[];
  images: string[];
  tags: string[];
  substitutions: Record<string, string>;
  /** Variable of `secretEnv` to version name. */
  secrets: Map<string, string>;
  env: string[];
  secretEnv: string[];
  volumes: Volume[];
  automapSubstitutions: boolean;
  timeoutMs: number;
  /** Full name of the private pool that it runs in; null in Cloud Build's own. */
  workerPool: string | null;
}

export interface Step {
  /** Given, or `Step #N` as Cloud Build's logs call one without. */
  id: string;
  name: string;
  entrypoint: string | null;
  args: string[];
  script: string | null;
  env: string[];
  secretEnv: string[];
  dir: string;
  /** Null waits for all steps before it. */
  waitFor: string[] | null;
  timeoutMs: number | null;
  volumes: Volume[];
  allowFailure: boolean;
  allowExitCodes: number[];
  automapSubstitutions: boolean;
}

export interface Volume {
  name: string;
  path: string;
}

/** Something in a document that Cloud Build would refuse. */
export interface Problem {
  path: string;
  message: string;
}

/** A document that Cloud Build would refuse, with everything that is wrong in it. */
export class DocumentError extends Error {
  override name = "DocumentError";

  constructor(readonly problems: readonly Problem[]) {
    super(
      ["invalid build", ...problems.map(({ path, message }) => `  ${path}: ${message}`)].join("\n"),
    );
  }
}
