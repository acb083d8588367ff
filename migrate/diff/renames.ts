import { type Violation, quote } from "../violations";
import { type NamedObject, pathOf } from "./objects";
import { quoted } from "./step";

/** An object, and the name that it gets. */
export interface Rename {
  object: NamedObject;
  to: Pick<NamedObject, "schema" | "table" | "name">;
}

/** What is there now, and what is wanted. */
export interface BothSides {
  current: readonly NamedObject[];
  desired: readonly NamedObject[];
}

/** Reads `--rename OLD=NEW`; what is wrong with it is a violation. */
export function parseRenames(
  texts: readonly string[],
  sides: BothSides,
  schema: string,
): { renames: Rename[]; violations: Violation[] } {
  const violations: Violation[] = [];
  const read = texts.flatMap((text) => {
    const result = readRename(text, sides, schema);
    if (!("expected" in result)) return [{ text, rename: result }];
    violations.push(result);
    return [];
  });
  const renames = read.map(({ rename }) => rename);
  for (const { text, rename } of read) {
    const fault = findFault(rename, renames, sides);
    if (fault !== null) violations.push({ path: `--rename ${text}`, ...fault });
  }
  return { renames: sortRenames([...renames, ...sequencesOf(renames, sides)]), violations };
}

function readRename(text: string, { current }: BothSides, schema: string): Rename | Violation {
  const path = `--rename ${text}`;
  const [from = "", to = "", ...more] = text.split("=");
  if (from === "" || to === "" || more.length > 0) {
    const remedy = "for example: --rename users.name=full_name";
    return { path, expected: "OLD=NEW", got: quote(text), remedy };
  }
  const found = resolve(current, from, schema);
  const [object] = found;
  if (object === undefined) {
    const expected = "a table, view, sequence, type or column that the migrations make";
    return { path, expected, got: quote(from), remedy: "name it as the catalogue has it" };
  }
  if (found.length > 1) {
    const got = `several: ${found.map(pathOf).join(", ")}`;
    return { path, expected: "one object", got, remedy: "write its schema too" };
  }
  return { object, to: targetOf(object, to) };
}

/** What is wrong with the new name. */
function findFault(
  { object, to }: Rename,
  renames: readonly Rename[],
  { current, desired }: BothSides,
): Omit<Violation, "path"> | null {
  // Its table may get another name too.
  const table = renames.find(
    (other) => object.table !== null && pathOf(other.object) === `${object.schema}.${object.table}`,
  );
  const wanted =
    table === undefined ? to : { schema: table.to.schema, table: table.to.name, name: to.name };
  const isAmong = (side: readonly NamedObject[], place: Rename["to"]): boolean =>
    side.some(
      ({ kind, ...other }) =>
        kind === object.kind && pathOf({ kind, ...other }) === pathOf({ kind, ...place }),
    );
  const got = quote(pathOf({ kind: object.kind, ...wanted }));
  if (!isAmong(desired, wanted)) {
    return { expected: "a name in the desired schema", got, remedy: "write it as it is there" };
  }
  return isAmong(current, to)
    ? { expected: "a new name", got: `${got}, which is there already`, remedy: "leave it out" }
    : null;
}

/** `users`, `app.users`, `users.name`, `app.users.name`. */
function resolve(objects: readonly NamedObject[], text: string, schema: string): NamedObject[] {
  const named = (path: string): NamedObject[] => objects.filter((one) => pathOf(one) === path);
  const exact = named(text);
  const inSchema = named(`${schema}.${text}`);
  return exact.length > 0 && inSchema.length > 0 && text.includes(".")
    ? [...exact, ...inSchema]
    : exact.length > 0
      ? exact
      : inSchema;
}

/** The new name: what it leaves out stays. */
function targetOf({ schema, table }: NamedObject, text: string): Rename["to"] {
  const parts = text.split(".");
  const name = parts.at(-1) ?? "";
  if (table !== null) return { schema, table, name };
  return { schema: parts.at(-2) ?? schema, table: null, name };
}

/** A sequence that is named after its table goes with it: a new one would begin anew. */
function sequencesOf(renames: readonly Rename[], { current, desired }: BothSides): Rename[] {
  const sequences = (side: readonly NamedObject[]): NamedObject[] =>
    side.filter(({ kind }) => kind === "SEQUENCE");
  const there = new Set([...current.map(pathOf), ...renames.map(({ object }) => pathOf(object))]);
  return renames.flatMap(({ object, to }) => {
    if (object.kind !== "TABLE") return [];
    const prefix = `${object.name}_`;
    return sequences(current)
      .filter(({ schema, name }) => schema === object.schema && name.startsWith(prefix))
      .flatMap((sequence) => {
        const renamed = {
          ...sequence,
          schema: to.schema,
          name: `${to.name}_${sequence.name.slice(prefix.length)}`,
        };
        const isWanted = sequences(desired).some((one) => pathOf(one) === pathOf(renamed));
        return isWanted && !there.has(pathOf(renamed)) ? [{ object: sequence, to: renamed }] : [];
      });
  });
}

/** Columns first: their tables still have the names that were given. */
function sortRenames(renames: readonly Rename[]): Rename[] {
  const rank = ({ object }: Rename): number => (object.table === null ? 1 : 0);
  return renames.toSorted((a, b) => rank(a) - rank(b));
}

/** The statements, and those that lead back. A schema that something moves to is made. */
export function renameStatements(
  renames: readonly Rename[],
  schemas: readonly string[],
): { up: string[]; down: string[] } {
  const there = new Set(schemas);
  const up: string[] = [];
  const down: string[] = [];
  for (const { object, to } of renames) {
    const { kind, schema, table, name } = object;
    if (table !== null) {
      const on = `ALTER TABLE ${quoted(schema, table)} RENAME COLUMN`;
      up.push(`${on} ${quoted(name)} TO ${quoted(to.name)}`);
      down.unshift(`${on} ${quoted(to.name)} TO ${quoted(name)}`);
      continue;
    }
    if (to.schema !== schema) {
      if (!there.has(to.schema)) {
        up.push(`CREATE SCHEMA ${quoted(to.schema)}`);
        down.unshift(`DROP SCHEMA ${quoted(to.schema)}`);
        there.add(to.schema);
      }
      up.push(`ALTER ${kind} ${quoted(schema, name)} SET SCHEMA ${quoted(to.schema)}`);
      down.unshift(`ALTER ${kind} ${quoted(to.schema, name)} SET SCHEMA ${quoted(schema)}`);
    }
    if (to.name !== name) {
      up.push(`ALTER ${kind} ${quoted(to.schema, name)} RENAME TO ${quoted(to.name)}`);
      down.unshift(`ALTER ${kind} ${quoted(to.schema, to.name)} RENAME TO ${quoted(name)}`);
    }
  }
  return { up, down };
}
