import type { Doors } from "./doors";
import type { Emit, Rewrite } from "./events";
import type { Instance } from "./instance";
import type { Processes } from "./processes";
import type { Redactor } from "./redactor";
import type { Registry } from "./registry";
import type { Secrets } from "./secrets";
import type { SqlAdmin } from "./sqlAdmin";
import type { Tools } from "./tools";

/** What every part of the cloud's stand-in shares. */
export interface Platform {
  project: string;
  region: string;
  /** Everything is written below it. */
  folder: string;
  /** Home folder of all processes. */
  home: string;
  /** Folder for temporary files of all processes. */
  temporary: string;
  processes: Processes;
  registry: Registry;
  secrets: Secrets;
  redactor: Redactor;
  tools: Tools;
  instance: Instance;
  /** The ways to the database. */
  doors: Doors;
  sqlAdmin: SqlAdmin;
  /** Private pools of the environment by full name, and whether each is on the instance's network. */
  pools: ReadonlyMap<string, boolean>;
  emit: Emit;
  /** Remembers a rewritten variable, once. */
  recordRewrites(rewrites: readonly Rewrite[]): void;
}

/** The moment as Google writes it. */
export function timestamp(): string {
  return new Date().toISOString();
}

/** Name of a process's log line source, and what goes through it: redacted, one event a line. */
export function logTo(platform: Platform, source: string, keep?: string[]): (line: string) => void {
  return (line) => {
    const text = platform.redactor.redact(line);
    keep?.push(text);
    if (keep !== undefined && keep.length > 200) keep.shift();
    platform.emit({ type: "log", source, line: text });
  };
}
