import { createHash } from "node:crypto";
import { computedOf, nextVersion } from "./computed";
import { answer, failure } from "./functions";
import { differences, imported, kept, type Difference } from "./difference";
import type { Call, CloudObject, Rule, Store } from "./store";
import { idOf, isAutonamed, isRepeatable } from "./types";
import { textOf, UNKNOWN, type Properties } from "./values";

/** What a resource is. */
export interface Target {
  urn: string;
  type: string;
  /** Logical name. */
  name: string;
}

/** An object as Pulumi keeps it. */
export interface Answered {
  id: string;
  outputs: Properties;
  inputs: Properties;
}

/** Answers for `gcp` without a cloud: objects are what was asked for, and what a cloud adds to it. */
export class Provider {
  private project = "";

  constructor(private readonly store: Store) {}

  configure(settings: Properties): void {
    this.project = textOf(settings, "project");
  }

  /** Gives what has no name the one it had, or one that follows from the engine's seed. */
  check(
    { type, name }: Target,
    before: Properties,
    inputs: Properties,
    seed: Uint8Array,
  ): Properties {
    if (!isAutonamed(type) || "name" in inputs) return inputs;
    const suffix = createHash("sha256").update(seed).digest("hex").slice(0, 7);
    return { ...inputs, name: textOf(before, "name") || `${name}-${suffix}` };
  }

  diff({ type }: Target, old: Properties, asked: Properties): Difference & { sameId: boolean } {
    // Whoever names the provider's own project changes nothing.
    const namesProject = "project" in old || "project" in asked;
    const whole = (inputs: Properties): Properties =>
      namesProject ? { ...inputs, project: this.projectOf(inputs) } : inputs;
    const [before, after] = [whole(old), whole(asked)];
    const sameId = this.identify(type, before) === this.identify(type, after);
    return { ...differences(type, before, after), sameId };
  }

  async create(target: Target, inputs: Properties, preview: boolean): Promise<Answered> {
    const { type } = target;
    const project = this.projectOf(inputs);
    if (preview) {
      const computed = computedOf(type, inputs, { id: "", project, objects: {} });
      const unknown = Object.fromEntries(Object.keys(computed).map((key) => [key, UNKNOWN]));
      return { id: "", inputs, outputs: { project, ...unknown, ...inputs } };
    }
    const objects = this.store.objects();
    const id = type.endsWith(":SecretVersion")
      ? nextVersion(textOf(inputs, "secret"), objects)
      : this.identify(type, inputs);
    const call = callOf("create", target, id, inputs);
    return this.perform(call, () => {
      const computed = computedOf(type, inputs, { id, project, objects });
      this.store.change((now) => {
        if (id in now && !isRepeatable(type) && !isTakenOver(now[id])) {
          throw new Error(
            `Error creating ${kindOf(type)}: googleapi: Error 409: ${id} already exists`,
          );
        }
        now[id] = { type, inputs, computed };
      });
      return this.found(id);
    });
  }

  /** `undefined` when it is gone. */
  async read(target: Target, id: string, known: Properties): Promise<Answered | undefined> {
    return this.perform(callOf("read", target, id, {}), () => {
      if (!(id in this.store.objects())) return undefined;
      const { outputs, inputs } = this.found(id);
      const isImport = Object.keys(known).length === 0;
      const seen = (all: Properties): Properties => (isImport ? imported(all) : kept(all, known));
      return { id, inputs: seen(inputs), outputs: seen(outputs) };
    });
  }

  async update(
    target: Target,
    id: string,
    inputs: Properties,
    outputs: Properties,
    preview: boolean,
  ): Promise<Answered> {
    const { type } = target;
    if (preview) return { id, inputs, outputs: { ...outputs, ...inputs } };
    return this.perform(callOf("update", target, id, inputs), () => {
      this.store.change((objects) => {
        if (!(id in objects)) throw new Error(`googleapi: Error 404: ${id} not found, notFound`);
        const place = { id, project: this.projectOf(inputs), objects };
        objects[id] = { type, inputs, computed: computedOf(type, inputs, place) };
      });
      return this.found(id);
    });
  }

  async delete(target: Target, id: string): Promise<void> {
    await this.perform(callOf("delete", target, id, {}), () => {
      this.store.change((objects) => {
        const object = objects[id];
        if (object === undefined) return;
        if (object.inputs["deletionProtection"] === true) {
          throw new Error(
            `cannot destroy ${kindOf(target.type)} without setting deletion_protection=false and running \`terraform apply\``,
          );
        }
        if (isLeftAlone(object)) object.unmanaged = true;
        else removeWithContent(objects, id);
      });
    });
  }

  async invoke(token: string, args: Properties): Promise<Properties> {
    const call = callOf("invoke", { urn: "", type: token, name: "" }, "", args);
    const wording = (error: string): string => failure(token, error);
    return this.perform(
      call,
      () => answer(token, args, this.projectOf(args), this.store.objects()),
      wording,
    );
  }

  /** Does what was asked for, logs it, and keeps to the rules. */
  private async perform<T>(call: Call, act: () => T, wording = (text: string) => text): Promise<T> {
    const rules = this.store.rulesFor(call);
    const [after, before] = [
      rules.filter(isAfterwards),
      rules.filter((rule) => !isAfterwards(rule)),
    ];
    const fail = (reached: Rule[]): void => {
      const error = reached.find((rule) => rule.error !== undefined)?.error;
      if (error !== undefined) throw new Error(wording(error));
    };
    try {
      await delay(before);
      fail(before);
      const result = act();
      await delay(after);
      fail(after);
      this.store.log(call);
      return result;
    } catch (error) {
      this.store.log({ ...call, error: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  }

  private found(id: string): Answered {
    const object = this.store.objects()[id];
    if (object === undefined) throw new Error(`googleapi: Error 404: ${id} not found, notFound`);
    const project = this.projectOf(object.inputs);
    return {
      id,
      inputs: object.inputs,
      outputs: { project, ...object.computed, ...object.inputs },
    };
  }

  private identify(type: string, inputs: Properties): string {
    return idOf(type, inputs, this.project);
  }

  private projectOf(inputs: Properties): string {
    return textOf(inputs, "project") || this.project;
  }
}

function callOf(method: string, target: Target, id: string, body: Properties): Call {
  return { method, preview: false, ...target, id, body };
}

/** `gcp:cloudrunv2/service:Service` → `Service` */
function kindOf(type: string): string {
  return type.split(":").at(-1) ?? type;
}

function isLeftAlone({ inputs }: CloudObject): boolean {
  return inputs["deletionPolicy"] === "ABANDON" || inputs["disableOnDestroy"] === false;
}

/**
 * Cloud SQL gives a user that is there already the new password. Whether it does is one of the points
 * that only Google Cloud settles.
 */
function isTakenOver(object: CloudObject | undefined): boolean {
  return object?.type === "gcp:sql/user:User" && object.unmanaged === true;
}

/** A database goes with its instance, a version with its secret, a grant with what it is on. */
function removeWithContent(objects: Record<string, CloudObject>, id: string): void {
  const isInside = (other: string): boolean => other === id || other.startsWith(`${id}/`);
  for (const other of Object.keys(objects).filter(isInside)) Reflect.deleteProperty(objects, other);
}

function isAfterwards({ afterwards }: Rule): boolean {
  return afterwards === true;
}

function delay(rules: Rule[]): Promise<void> {
  const longest = Math.max(0, ...rules.map(({ milliseconds = 0 }) => milliseconds));
  return new Promise((resolve) => setTimeout(resolve, longest));
}
