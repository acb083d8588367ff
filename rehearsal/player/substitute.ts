import { type Build, DocumentError, type Problem, type Step } from "./build";

// https://cloud.google.com/build/docs/configuring-builds/substitute-variable-values
const BUILT_IN = new Set([
  "BASE_BRANCH",
  "BRANCH_NAME",
  "BUILD_ID",
  "COMMIT_SHA",
  "HEAD_BRANCH",
  "HEAD_REPO_URL",
  "LOCATION",
  "PROJECT_ID",
  "PROJECT_NUMBER",
  "PR_NUMBER",
  "REF_NAME",
  "REPO_FULL_NAME",
  "REPO_NAME",
  "REVISION_ID",
  "SERVICE_ACCOUNT",
  "SERVICE_ACCOUNT_EMAIL",
  "SHORT_SHA",
  "TAG_NAME",
  "TRIGGER_BUILD_CONFIG_PATH",
  "TRIGGER_NAME",
]);

const REFERENCE = /\$(?:(\$)|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/g;

/** A document with its values put in, and the names that had none. */
export interface Substituted {
  build: Build;
  missing: string[];
}

/**
 * Puts values in for `$NAME` and `${NAME}`; `$$` is a dollar sign. As in every build of a trigger, a
 * name without a value is empty. Nothing is put into `script`.
 */
export function substitute(build: Build, values: Readonly<Record<string, string>>): Substituted {
  const problems: Problem[] = [];
  const missing = new Set<string>();
  const replace = (path: string, text: string): string =>
    text.replace(REFERENCE, (whole: string, dollar?: string, plain?: string, braced?: string) => {
      if (dollar !== undefined) return "$";
      const name = plain ?? braced ?? "";
      const value = values[name];
      if (value !== undefined) return value;
      if (!name.startsWith("_") && !BUILT_IN.has(name)) {
        const message = `expected a built-in substitution or one that begins with _, got ${whole}; write $${whole} for a variable of the shell`;
        problems.push({ path, message });
      }
      missing.add(name);
      return "";
    });
  const all = (path: string, texts: readonly string[]): string[] =>
    texts.map((text, index) => replace(`${path}[${index}]`, text));
  const result: Build = {
    ...build,
    steps: build.steps.map((step, index) => substituteStep(step, `steps[${index}]`, replace, all)),
    images: all("images", build.images),
    tags: all("tags", build.tags),
    env: all("options.env", build.env),
    workerPool: build.workerPool === null ? null : replace("options.workerPool", build.workerPool),
    secrets: new Map(
      [...build.secrets].map(([env, version]) => [env, replace("availableSecrets", version)]),
    ),
  };
  if (problems.length > 0) throw new DocumentError(problems);
  return { build: result, missing: [...missing].sort() };
}

function substituteStep(
  step: Step,
  path: string,
  replace: (path: string, text: string) => string,
  all: (path: string, texts: readonly string[]) => string[],
): Step {
  return {
    ...step,
    name: replace(`${path}.name`, step.name),
    dir: replace(`${path}.dir`, step.dir),
    entrypoint: step.entrypoint === null ? null : replace(`${path}.entrypoint`, step.entrypoint),
    args: all(`${path}.args`, step.args),
    env: all(`${path}.env`, step.env),
  };
}

/** The built-in values of one build. */
export function builtInValues(
  build: { id: string; project: string; region: string },
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const commit = given.COMMIT_SHA ?? "";
  return {
    BUILD_ID: build.id,
    PROJECT_ID: build.project,
    PROJECT_NUMBER: "123456789012",
    LOCATION: build.region,
    REVISION_ID: commit,
    SHORT_SHA: commit.slice(0, 7),
    ...given,
  };
}
