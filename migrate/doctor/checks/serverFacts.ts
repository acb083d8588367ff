import { type Diagnosis, type DoctorRule, diagnose } from "../diagnosis";
import type { Patient } from "../patient";

export const CIC_CORRUPTION: DoctorRule = {
  id: "cic-corruption",
  level: "warning",
  title: "A server on which CREATE INDEX CONCURRENTLY corrupts indexes",
  why: "PostgreSQL 14.0 to 14.3 can leave rows out of an index that CREATE INDEX CONCURRENTLY or REINDEX CONCURRENTLY builds.",
  instead: "Update the server to 14.4 or newer; then rebuild the indexes that were built so.",
  url: "https://www.postgresql.org/docs/release/14.4/",
};

export const CONNECTION_CHECK: DoctorRule = {
  id: "connection-check",
  level: "note",
  title: "A server that does not notice a killed migrator",
  why: "Without client_connection_check_interval, which came with PostgreSQL 14 and needs Linux, macOS or BSD, a statement whose migrator was killed runs to its end, with its locks and the migration lock.",
  instead: "Wait for it, or end its connection.",
  url: "https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-CLIENT-CONNECTION-CHECK-INTERVAL",
};

export async function findServerFaults({ client, roleState }: Patient): Promise<Diagnosis[]> {
  const { rows } = await client.query<{ version: string; interval: string | null }>(
    `SELECT current_setting('server_version') AS version,
       current_setting('client_connection_check_interval', true) AS interval`,
  );
  const { version = "", interval = null } = rows[0] ?? {};
  return judgeServer(roleState.serverVersion, version, interval);
}

/** `interval` is what the session could set; null where the server does not have it. */
export function judgeServer(number: number, version: string, interval: string | null): Diagnosis[] {
  const server = `PostgreSQL ${version}`;
  const corrupts = number >= 140_000 && number < 140_004;
  const checks = interval !== null && interval !== "0";
  return [
    ...(corrupts
      ? [
          diagnose(
            CIC_CORRUPTION,
            server,
            "corrupts indexes that are built with CONCURRENTLY",
            "update it to 14.4 or newer, then REINDEX INDEX CONCURRENTLY each index that was built so",
          ),
        ]
      : []),
    ...(checks
      ? []
      : [
          diagnose(
            CONNECTION_CHECK,
            server,
            "does not notice when a migrator is killed in the middle of a statement",
            "after a kill wait for the statement, or end its connection",
          ),
        ]),
  ];
}
