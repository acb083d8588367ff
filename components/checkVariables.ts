import type { EnvironmentNamesArgs } from "./args";
import { checkUniqueNames, connectionVariables } from "./core/environment";
import type { Violation } from "./core/violations";

/** What sets environment variables of a service. */
interface ServiceVariables {
  environmentNames: EnvironmentNamesArgs | undefined;
  /** Path of `environmentNames`. */
  namesPath: string;
  env: object | undefined;
  /** Path of `env`. */
  envPath: string;
  /** Names of the variables that come from secrets. */
  secrets: string[];
}

/** Nothing may set a variable twice, for the provider lets any of them win. */
export function checkServiceVariables({
  environmentNames,
  namesPath,
  env = {},
  envPath,
  secrets,
}: ServiceVariables): Violation[] {
  return checkUniqueNames([
    ...connectionVariables(environmentNames).map(({ key, name }) => ({
      name,
      path: `${namesPath}.${key}`,
    })),
    ...Object.keys(env).map((name) => ({ name, path: `${envPath}.${name}` })),
    ...secretPaths(secrets),
  ]);
}

const CONNECTION = ["INSTANCE_CONNECTION_NAME", "PGDATABASE", "PGUSER", "PGPASSWORD"];

/** Given to every run of the migrations, so that it can say which release it belongs to. */
const RUN = ["BUILD_ID", "COMMIT_SHA", "IMAGE", "PGOPTIONS"];

/** The same for the migration job; `secrets` are the names of its variables from secrets. */
export function checkJobVariables(secrets: string[]): Violation[] {
  return checkUniqueNames([
    ...CONNECTION.map((name) => ({ name, path: "the migration job" })),
    ...RUN.map((name) => ({ name, path: "a release" })),
    ...secretPaths(secrets),
  ]);
}

function secretPaths(names: string[]): { name: string; path: string }[] {
  return names.map((name) => ({ name, path: `secrets.${name}` }));
}
