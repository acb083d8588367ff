import type { EnvironmentNamesArgs } from "../args";
import {
  checkUniqueNames,
  connectionVariables,
  TLS_VARIABLE,
  type NamedPath,
} from "../core/environment";
import type { Violation } from "../core/violations";

/** What sets environment variables of a service or a worker. */
interface ServiceVariables {
  environmentNames: EnvironmentNamesArgs | undefined;
  /** Path of `environmentNames`. */
  namesPath: string;
  /** The program connects by TCP, and is told to use TLS. */
  isDirect: boolean;
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
  isDirect,
  env = {},
  envPath,
  secrets,
}: ServiceVariables): Violation[] {
  return checkUniqueNames([
    ...(isDirect ? [DIRECT] : []),
    ...namePaths(environmentNames, namesPath),
    ...Object.keys(env).map((name) => ({ name, path: `${envPath}.${name}` })),
    ...secretPaths(secrets),
  ]);
}

/** Set for whoever connects by TCP. */
const DIRECT: NamedPath = { name: TLS_VARIABLE, path: "the direct connection" };

const TOOL = ["INSTANCE_CONNECTION_NAME", "PGDATABASE", "PGUSER", "PGPASSWORD"];

/** Given to every run of the migrations, so that it can say which release it belongs to. */
const RUN = ["BUILD_ID", "COMMIT_SHA", "IMAGE", "PGOPTIONS"];

/**
 * The same for the migration; `secrets` are the names of its variables from secrets. A command in
 * our tool's place is told the connection under `environmentNames`; `undefined` is no command. It is
 * told to use TLS where it connects by itself, and not by the proxy of a build: `isDirect`.
 */
export function checkJobVariables(
  secrets: string[],
  environmentNames?: EnvironmentNamesArgs,
  namesPath = "database.environmentNames",
  isDirect = true,
): Violation[] {
  const connection =
    environmentNames === undefined
      ? TOOL.map((name) => ({ name, path: "the migration job" }))
      : [...(isDirect ? [DIRECT] : []), ...namePaths(environmentNames, namesPath)];
  return checkUniqueNames([
    ...RUN.map((name) => ({ name, path: "a release" })),
    ...connection,
    ...secretPaths(secrets),
  ]);
}

function namePaths(names: EnvironmentNamesArgs | undefined, path: string): NamedPath[] {
  return connectionVariables(names).map(({ key, name }) => ({ name, path: `${path}.${key}` }));
}

function secretPaths(names: string[]): NamedPath[] {
  return names.map((name) => ({ name, path: `secrets.${name}` }));
}
