import type { WorkerArgs } from "../args";
import { WorkerKind } from "../core/choices";
import { quote, type Violation } from "../core/violations";

/**
 * Arguments of a worker that must fit each other; `prefix` is put before their names. `isDirect`:
 * it connects to the instance without the Auth Proxy.
 */
export function checkWorker(
  prefix: string,
  worker: Partial<WorkerArgs>,
  isDirect: boolean,
): Violation[] {
  const { kind = WorkerKind.WorkerPool } = worker;
  const members = kind === WorkerKind.Job ? POOL_MEMBERS : JOB_MEMBERS;
  const violations = members.flatMap((member): Violation[] =>
    worker[member] === undefined
      ? []
      : [
          {
            rule: "worker-kind-member",
            path: `${prefix}${member}`,
            expected: `nothing with kind ${kind}`,
            got: quote(worker[member]),
          },
        ],
  );
  if (kind === WorkerKind.Job && !isDirect) violations.push(withoutProxy(prefix));
  return violations;
}

const POOL_MEMBERS = ["instances"] as const;
const JOB_MEMBERS = ["taskTimeoutSeconds", "maxRetries"] as const;

function withoutProxy(prefix: string): Violation {
  const direct = prefix === "" ? "give connection.host" : "set service.databaseAccess to Direct";
  return {
    rule: "worker-job-direct",
    path: `${prefix}kind`,
    expected: `${WorkerKind.WorkerPool} with the Auth Proxy`,
    got: quote(WorkerKind.Job),
    remedy: `${direct}: a job's task does not end while the Auth Proxy beside it runs`,
  };
}
