import { Pool } from "pg";
import { createService } from "./createService";
import { Store } from "./store";

// Cloud Run sends SIGKILL 10 s after SIGTERM.
// https://cloud.google.com/run/docs/container-contract#instance-shutdown
const DRAIN_MS = 8_000;

const port = Number(process.env["PORT"] ?? "8080");
// Where the database is, and as whom: PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE.
const pool = new Pool({
  max: 5,
  connectionTimeoutMillis: 5_000,
  idleTimeoutMillis: 30_000,
  statement_timeout: 10_000,
  application_name: process.env["K_REVISION"] ?? "service",
  // Without a proxy beside it: TLS as libpq's `require` has it. pg would also want a certificate that
  // a public authority signed, which Cloud SQL's is not.
  ...(process.env["PGSSLMODE"] === "require" && { ssl: { rejectUnauthorized: false } }),
});
// An idle connection that breaks is replaced by the next query; unheard it would end the process.
pool.on("error", logError);

const server = createService(new Store(pool), logError);
server.listen(port, () => {
  log("INFO", `listening on port ${port}`);
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    void shutDown(signal);
  });
}

/** Stops accepting, lets requests in flight finish, closes the pool and exits. */
async function shutDown(signal: NodeJS.Signals): Promise<void> {
  log("INFO", `${signal}: draining`);
  const closed = new Promise((resolve) => server.close(resolve));
  // A kept-alive connection is closed as soon as it is idle; `close` does so once only.
  const idle = setInterval(() => {
    server.closeIdleConnections();
  }, 50);
  const deadline = setTimeout(() => {
    log("WARNING", "requests still in flight were cut off");
    server.closeAllConnections();
  }, DRAIN_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(deadline);
  await pool.end().catch(logError);
  process.exit(0);
}

/**
 * One line that Cloud Logging reads.
 *
 * @see https://cloud.google.com/run/docs/logging#using-json
 */
function log(severity: "INFO" | "WARNING" | "ERROR", message: string): void {
  process.stdout.write(`${JSON.stringify({ severity, message })}\n`);
}

function logError(error: unknown): void {
  log("ERROR", error instanceof Error ? (error.stack ?? error.message) : String(error));
}
