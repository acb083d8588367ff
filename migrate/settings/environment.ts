import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { InvalidArgsError } from "../violations";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

// Cloud Run sets the first two in jobs and services; every step of a release has BUILD_ID.
const CLOUD_VARIABLES = ["CLOUD_RUN_JOB", "K_SERVICE", "BUILD_ID"];

/** The variable that says this is not a laptop, or null. */
export function findCloudVariable(env: Environment): string | null {
  return CLOUD_VARIABLES.find((name) => isSet(env[name])) ?? null;
}

/** Whether a variable has a value: an empty one counts as absent, as libpq has it. */
export function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}

// The ways to name a database, any of which may win over the others.
const TARGETS = ["INSTANCE_CONNECTION_NAME", "DATABASE_URL", "PGHOST"];

/**
 * `env` with the variables of `cwd`'s `.env` behind it: what is set already wins, and a database that
 * is named there wins over one that the file names in another way. In the cloud a
 * `.env` is refused, for it would be a secret baked into an image and would silently name the database.
 */
export function withEnvironmentFile(env: Environment, cwd: string): Environment {
  const text = readIfThere(join(cwd, ".env"));
  if (text === null) return env;
  const variable = findCloudVariable(env);
  if (variable === null) return { ...withoutTargets(parseEnv(text), env), ...env };
  throw new InvalidArgsError([
    {
      path: ".env",
      expected: `no such file where ${variable} is set`,
      got: "one in the working directory",
      remedy: "name .env in .dockerignore and give the values as environment variables or secrets",
    },
  ]);
}

function withoutTargets(file: Environment, env: Environment): Environment {
  if (!TARGETS.some((name) => isSet(env[name]))) return file;
  // A port belongs to the host beside it.
  const left = new Set(isSet(file.PGHOST) ? [...TARGETS, "PGPORT"] : TARGETS);
  return Object.fromEntries(Object.entries(file).filter(([name]) => !left.has(name)));
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    // A folder named `.env` is somebody's virtual environment.
    if (code === "ENOENT" || code === "EISDIR") return null;
    throw error;
  }
}
