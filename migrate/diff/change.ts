/** What an object is called, by kind: `{ kind: "column", schema, table, name }`. */
export type ObjectId = Readonly<Record<string, unknown>> & { readonly kind: string };

/** One statement of a plan, and what it is about. */
export interface Change {
  /** Without a semicolon. */
  sql: string;
  produces: readonly ObjectId[];
  destroys: readonly ObjectId[];
  /** Everything that it names. */
  touches: readonly ObjectId[];
  /** Whether rows, or values in them, are gone afterwards. */
  losesData: boolean;
}

/** What looks like a rename: same definition, another name. */
export interface Proposal {
  kind: string;
  from: ObjectId;
  to: ObjectId;
  /** Several fit each other when it is `ambiguous`. */
  status: "unambiguous" | "ambiguous" | "nearMiss";
}

export function isSameId(one: ObjectId, other: ObjectId): boolean {
  return keyOf(one) === keyOf(other);
}

/** Whether a change is about an object, also by its comment or its privileges. */
export function mentions({ touches }: Change, id: ObjectId): boolean {
  const key = keyOf(id);
  return touches.some((other) => keyOf(other).includes(key));
}

function keyOf(id: ObjectId): string {
  return JSON.stringify(Object.entries(id).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** As it is written in SQL: `public.users.age` */
export function nameOf({ schema, table, name }: ObjectId): string {
  return [schema, table, name].filter((part) => typeof part === "string").join(".");
}
