import { existsSync } from "node:fs";
import { listProcesses } from "./cloud/processList";

/** What a rehearsal made outside its own process. */
export interface Traces {
  /** Folders that only this rehearsal uses. */
  folders: string[];
  /** Processes that it was told of. */
  pids: number[];
}

/** Counts what is still there. */
export function countLeftovers({ folders, pids }: Traces): { processes: number; folders: number } {
  return {
    processes: findProcesses({ folders, pids }).length,
    folders: folders.filter((folder) => existsSync(folder)).length,
  };
}

/** Processes that were told of or that name one of the folders: as program, argument, or place. */
export function findProcesses({ folders, pids }: Traces): number[] {
  return listProcesses()
    .filter(
      ({ pid, text }) => pids.includes(pid) || folders.some((folder) => text.includes(folder)),
    )
    .map(({ pid }) => pid);
}
