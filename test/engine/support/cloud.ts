import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Call, CloudObject, Rule } from "../provider/store";

export type { Call, CloudObject, Rule } from "../provider/store";

/** The files of the stand-in provider, seen from outside. */
export class Cloud {
  constructor(readonly folder: string) {}

  objects(): Record<string, CloudObject> {
    const path = join(this.folder, "objects.json");
    if (!existsSync(path)) return {};
    return JSON.parse(readFileSync(path, "utf8")) as Record<string, CloudObject>;
  }

  /** What is there and was not left alone on purpose. */
  owned(): string[] {
    return Object.entries(this.objects())
      .filter(([, { unmanaged }]) => unmanaged !== true)
      .map(([id]) => id)
      .sort();
  }

  /** The only object of a type; `gcp:cloudrunv2/service:Service`. */
  only(type: string): CloudObject {
    const found = Object.values(this.objects()).filter((object) => object.type === type);
    if (found.length !== 1) throw new Error(`expected one ${type}, got ${found.length}`);
    return found[0]!;
  }

  /** Makes something that is somebody else's. */
  put(id: string, object: CloudObject): void {
    const objects = { ...this.objects(), [id]: { ...object, unmanaged: true } };
    writeFileSync(join(this.folder, "objects.json"), JSON.stringify(objects, null, 1));
  }

  /** Takes something away behind Pulumi's back. */
  remove(id: string): void {
    const others = Object.entries(this.objects()).filter(([other]) => other !== id);
    writeFileSync(join(this.folder, "objects.json"), JSON.stringify(Object.fromEntries(others)));
  }

  /** Changes something behind Pulumi's back. */
  change(type: string, edit: (object: CloudObject) => void): void {
    const objects = this.objects();
    const found = Object.values(objects).filter((object) => object.type === type);
    if (found.length !== 1) throw new Error(`expected one ${type}, got ${found.length}`);
    edit(found[0]!);
    writeFileSync(join(this.folder, "objects.json"), JSON.stringify(objects, null, 1));
  }

  calls(): Call[] {
    const path = join(this.folder, "calls.jsonl");
    if (!existsSync(path)) return [];
    return readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Call);
  }

  /** Sets what goes wrong from now on; nothing when empty. */
  rules(rules: Rule[]): void {
    writeFileSync(join(this.folder, "rules.json"), JSON.stringify(rules));
  }

  /** Whether a rule has met a call. */
  waiting(): boolean {
    const rules = JSON.parse(readFileSync(join(this.folder, "rules.json"), "utf8")) as Rule[];
    return rules.some(({ seen = 0 }) => seen > 0);
  }

  clear(): void {
    for (const file of ["objects.json", "calls.jsonl", "rules.json"]) {
      rmSync(join(this.folder, file), { force: true });
    }
  }
}

/** Calls that change something. */
export function mutating(calls: Call[]): Call[] {
  return calls.filter(({ method }) => ["create", "update", "delete"].includes(method));
}
