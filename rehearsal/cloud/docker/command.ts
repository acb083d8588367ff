import type { Platform } from "../platform";
import type { ToolCall } from "../tools";
import { type DockerArgs, DockerUsageError } from "./parse";

/** What a command of docker has to do with. */
export interface DockerInput {
  platform: Platform;
  call: ToolCall;
}

export type DockerCommand = (input: DockerInput, args: string[]) => Promise<void> | void;

/** What the daemon answers, without its prefix. */
export class DaemonError extends Error {
  override name = "DaemonError";
}

/** The positional arguments, of which there must be so many. */
export function exactly(args: DockerArgs, count: number, command: string): string[] {
  if (args.positionals.length === count) return args.positionals;
  const what = count === 1 ? "1 argument" : `${count} arguments`;
  throw new DockerUsageError(`docker: 'docker ${command}' requires ${what}`, 1);
}
