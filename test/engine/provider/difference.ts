import { nestedReplacing, replaces } from "./types";
import { equal, isRecord, valueAt, type Properties } from "./values";

/** What a change of inputs means. */
export interface Difference {
  /** Inputs that changed. */
  changed: string[];
  /** Those of them that cannot change in place. */
  replacing: string[];
}

/** Compares what somebody asks for with what was asked for before, or what was found since. */
export function differences(type: string, before: Properties, after: Properties): Difference {
  const keys = Object.keys({ ...before, ...after });
  const changed = keys.filter((key) => !equal(before[key], after[key]));
  const nested = nestedReplacing(type).filter(
    (path) => !equal(valueAt(before, path), valueAt(after, path)),
  );
  const replacing = [...changed, ...nested].filter((path) =>
    replaces(type, path, valueAt(before, path), valueAt(after, path)),
  );
  return { changed, replacing };
}

/** Labels that others wrote are no difference: the provider keeps to those that it was given. */
const NOT_AUTHORITATIVE = ["labels", "annotations"];

/** What is found, without what the provider does not look at. */
export function kept(found: Properties, known: Properties): Properties {
  const result = { ...found };
  for (const key of NOT_AUTHORITATIVE) {
    const value = found[key];
    if (!isRecord(value)) continue;
    const mine = isRecord(known[key]) ? known[key] : {};
    const entries = Object.entries(value).filter(([label]) => label in mine);
    if (entries.length > 0) result[key] = Object.fromEntries(entries);
    else Reflect.deleteProperty(result, key);
  }
  return result;
}

/**
 * What an import finds. How a thing is deleted is the provider's own matter, of which the cloud knows
 * nothing, so it starts with the provider's default.
 */
export function imported(found: Properties): Properties {
  return "deletionPolicy" in found ? { ...found, deletionPolicy: "DELETE" } : found;
}
