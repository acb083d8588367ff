import type { ConnectionSecretVersionsArgs, RuntimeConnectionArgs } from "../args/cloudRun";
import { CONNECTION, ENVIRONMENT_NAMES, PINNED_SECRET } from "./memberChecks";
import { group, integer, required, type Members } from "./shape";

/** What a program is told about its connection, each member checked. */

export const CONNECTION_SECRETS: Members<ConnectionSecretVersionsArgs> = {
  user: required(PINNED_SECRET),
  host: required(PINNED_SECRET),
  port: required(PINNED_SECRET),
  database: required(PINNED_SECRET),
};

export const RUNTIME_CONNECTION: Members<RuntimeConnectionArgs> = {
  ...CONNECTION,
  passwordGeneration: integer(1, 1000),
  environmentNames: group(ENVIRONMENT_NAMES),
  secrets: group(CONNECTION_SECRETS),
};
