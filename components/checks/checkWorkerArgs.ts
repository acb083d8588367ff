import type { MigratedServiceArgs } from "../args";
import { checkInstances } from "./checkInstances";
import { DatabaseAccess } from "../core/choices";
import type { Violation } from "../core/violations";
import { checkWorker } from "./checkWorker";

/** Every worker's own checks, under the names that their arguments have here. */
export function checkWorkerArgs({ service = {} }: MigratedServiceArgs): Violation[] {
  const isDirect = service.databaseAccess === DatabaseAccess.Direct;
  return Object.entries(service.workers ?? {}).flatMap(([name, worker]) => {
    const prefix = `service.workers.${name}.`;
    return [...checkWorker(prefix, worker, isDirect), ...checkInstances(prefix, worker)];
  });
}
