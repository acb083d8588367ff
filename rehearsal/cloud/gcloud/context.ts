import type { Builds } from "../builds";
import type { ContainerImage } from "../container";
import type { Job } from "../job";
import type { ServiceSpec } from "../knative";
import type { Platform } from "../platform";
import type { Service } from "../service";
import type { WorkerPool } from "../workerPool";
import type { CommandSpec, ParsedCommand } from "./parse";

/** The state that gcloud reads and changes. */
export interface CloudState {
  platform: Platform;
  services: Map<string, Service>;
  jobs: Map<string, Job>;
  workerPools: Map<string, WorkerPool>;
  builds: Builds;
  /** An image that Cloud Run can start; null when there is none of that name. */
  findImage(reference: string): ContainerImage | null;
  createService(spec: ServiceSpec, image: ContainerImage): Promise<Service>;
}

/** What a command has to do with. */
export interface CommandInput {
  state: CloudState;
  parsed: ParsedCommand;
  words: readonly string[];
  /** Writes a line for the person: gcloud says such things on standard error. */
  say: (text: string) => void;
}

/** What a command found, and how it is printed without `--format`. */
export interface CommandResult {
  records: unknown[];
  isList: boolean;
  defaultFormat: "none" | "yaml";
}

export interface Command extends CommandSpec {
  run(input: CommandInput): Promise<CommandResult> | CommandResult;
}

/** An error of Google's side, in gcloud's words. Exit code 1. */
export class CloudError extends Error {
  override name = "CloudError";
}

export function flag(parsed: ParsedCommand, name: string): string | null {
  return parsed.flags.get(name)?.at(-1) ?? null;
}

export function described(record: unknown): CommandResult {
  return { records: [record], isList: false, defaultFormat: "yaml" };
}

export function listed(records: unknown[]): CommandResult {
  return { records, isList: true, defaultFormat: "yaml" };
}

export function changed(record: unknown): CommandResult {
  return { records: [record], isList: false, defaultFormat: "none" };
}

/** Nothing is found in another region. */
export function isHere({ state, parsed, words }: CommandInput): boolean {
  const region = flag(parsed, "region");
  if (region === null) {
    if (words[0] === "builds") return state.builds.region === "global";
    throw new CloudError(
      "You must specify a region. Either use the `--region` flag or set the run/region property.",
    );
  }
  return region === (words[0] === "builds" ? state.builds.region : state.platform.region);
}

/** The first positional argument. */
export function subject({ parsed }: CommandInput): string {
  return parsed.positionals[0] ?? "";
}

/** The service that the command names; null when it is not there. */
export function findService(input: CommandInput): Service | null {
  return isHere(input) ? (input.state.services.get(subject(input)) ?? null) : null;
}
