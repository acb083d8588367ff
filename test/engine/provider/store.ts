import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Properties } from "./values";

/** Something that exists in the cloud that this provider stands for. */
export interface CloudObject {
  /** `gcp:cloudrunv2/service:Service` */
  type: string;
  /** What somebody asked for. */
  inputs: Properties;
  /** What the cloud adds. */
  computed: Properties;
  /** Somebody else's; or deleted in Pulumi, and by its own `deletionPolicy` left where it is. */
  unmanaged?: true;
}

/** One call to the provider. */
export interface Call {
  method: string;
  preview: boolean;
  type: string;
  /** Logical name; empty for a function. */
  name: string;
  urn: string;
  id: string;
  /** Body of the request: all inputs. */
  body: Properties;
  /** What it was answered with, when it failed. */
  error?: string;
}

/** A call that is to go wrong, or to take its time. */
export interface Rule {
  /** `create`, `update`, `delete`, `read` or `invoke`; any of them when left out. */
  method?: string;
  /** Only calls for a URN or a function that ends so. */
  endsWith?: string;
  /** Only this call among those that match, counted from 1; every one when left out. */
  call?: number;
  /** Fails the call with this text. */
  error?: string;
  /** What was asked for happens first, and then the call takes its time, or fails all the same. */
  afterwards?: boolean;
  /** Delays the call. */
  milliseconds?: number;
  /** How many calls have matched; the provider counts. */
  seen?: number;
}

/** All objects, the calls and the rules, as files of one folder: they outlive the provider's process. */
export class Store {
  constructor(private readonly folder: string) {}

  objects(): Record<string, CloudObject> {
    return this.read("objects.json", {});
  }

  change(edit: (objects: Record<string, CloudObject>) => void): void {
    const objects = this.objects();
    edit(objects);
    this.write("objects.json", objects);
  }

  /** The rules that match a call. Counts it. */
  rulesFor(call: Call): Rule[] {
    if (call.preview) return [];
    const rules = this.read<Rule[]>("rules.json", []);
    const target = call.method === "invoke" ? call.type : call.urn;
    const matching = rules.filter(
      ({ method, endsWith }) =>
        (method ?? call.method) === call.method && target.endsWith(endsWith ?? ""),
    );
    if (matching.length === 0) return [];
    for (const rule of matching) rule.seen = (rule.seen ?? 0) + 1;
    this.write("rules.json", rules);
    return matching.filter((rule) => rule.call === undefined || rule.call === rule.seen);
  }

  log(call: Call): void {
    appendFileSync(join(this.folder, "calls.jsonl"), `${JSON.stringify(call)}\n`);
  }

  private read<T>(file: string, otherwise: T): T {
    const path = join(this.folder, file);
    return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as T) : otherwise;
  }

  /** Whoever is killed meanwhile leaves the old file or the new one, never half of one. */
  private write(file: string, content: unknown): void {
    const path = join(this.folder, file);
    writeFileSync(`${path}.new`, JSON.stringify(content, null, 1));
    renameSync(`${path}.new`, path);
  }
}
