import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import type { ConnectionSettings } from "../settings/connection";
import type { Environment } from "../settings/environment";
import { openConnector } from "./connector";
import { explainFailure } from "./failure";
import { toClientConfig } from "./open";

/** The variables that lead any PostgreSQL program to the database. */
export interface ChildEnvironment {
  env: Environment;
  close(): Promise<void>;
}

/** `env` with `PG*` set. For an instance a unix socket is opened, which ends with `close`. */
export async function openChildEnvironment(
  settings: ConnectionSettings,
  env: Environment,
  role: string | null,
): Promise<ChildEnvironment> {
  const options = role === null ? {} : { PGOPTIONS: `-c role=${escapeOption(role)}` };
  // One that names another database would send a program there, that reads it first.
  const others = { ...env, DATABASE_URL: undefined, PGSSLMODE: undefined };
  if (settings.kind !== "instance" || settings.emulator !== null) {
    const close = (): Promise<void> => Promise.resolve();
    const kept = settings.kind === "instance" ? others : env;
    return { env: { ...kept, ...toVariables(settings), ...options }, close };
  }
  const folder = await mkdtemp(join(tmpdir(), "cloud-run-migrations-"));
  const connector = await openConnector(settings);
  const close = async (): Promise<void> => {
    connector.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await connector.listen(join(folder, ".s.PGSQL.5432"));
  } catch (error) {
    await close();
    throw explainFailure(error, settings);
  }
  const login = loginVariables(settings.user, settings.password, settings.database);
  return { env: { ...others, PGHOST: folder, PGPORT: "5432", ...login, ...options }, close };
}

/** The connection as `PG*`. */
function toVariables(settings: ConnectionSettings): Environment {
  if (settings.kind !== "url") {
    const { user, password, database } = settings;
    const { host, port } = toClientConfig(settings);
    return { PGHOST: host, PGPORT: String(port), ...loginVariables(user, password, database) };
  }
  const { host, port, user, password, database } = new Client({ connectionString: settings.url });
  const sslMode = /[?&]sslmode=([^&]*)/.exec(settings.url)?.[1];
  return {
    PGHOST: host,
    PGPORT: String(port),
    ...loginVariables(user ?? null, password ?? null, database ?? null),
    ...(sslMode !== undefined && { PGSSLMODE: sslMode }),
  };
}

function loginVariables(
  user: string | null,
  password: string | null,
  database: string | null,
): Environment {
  return {
    ...(user !== null && { PGUSER: user }),
    ...(password !== null && { PGPASSWORD: password }),
    ...(database !== null && { PGDATABASE: database }),
  };
}

// libpq splits PGOPTIONS at white space; a backslash keeps what follows it.
function escapeOption(value: string): string {
  return value.replace(/[\s\\]/g, "\\$&");
}
