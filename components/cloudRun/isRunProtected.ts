import type { CloudRunArgs } from "../args";

/** Whether service or job may not be deleted. Looks at arguments that nobody has checked yet. */
export function isRunProtected(args: Partial<CloudRunArgs> | null | undefined): boolean {
  return args?.deletionProtection !== false;
}
