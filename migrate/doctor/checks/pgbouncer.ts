import type { Pooling } from "../../connection/pooling";
import { type Diagnosis, type DoctorRule, diagnose } from "../diagnosis";

export const PGBOUNCER: DoctorRule = {
  id: "pgbouncer",
  level: "error",
  title: "A transaction-pooling PgBouncer in between",
  why: "It lends a server's connection out for one transaction at a time. The migration lock, timeouts and the role that one statement sets stay on a connection that another client gets next: two migrators run at once, a lock is kept for ever by nobody, and the service's queries run with the migrator's settings.",
  instead:
    "Connect migrations to the server itself, or to a pool with pool_mode = session. The service may keep its pooler.",
  url: "https://www.pgbouncer.org/features.html",
};

/** What is said of the way to the server; `target` is where the client connects to. */
export function judgePooling(pooling: Pooling, target: string): Diagnosis[] {
  if (pooling === "none") return [];
  if (pooling === "transaction") {
    const message =
      "is a pooler that lends connections out by the transaction; nothing else was looked at, for the settings of a session would reach other clients";
    const advice = "connect to the server itself, or by a pool with pool_mode = session";
    return [diagnose(PGBOUNCER, target, message, advice)];
  }
  const message = "is a pooler; as far as can be seen it keeps a connection for each client";
  const advice = "see to it that its pool_mode stays session, or connect to the server itself";
  return [{ ...diagnose(PGBOUNCER, target, message, advice), level: "note" }];
}
