import type { SqlNode } from "../sql/parseSql";
import { listOf, stringOf, textOf } from "../sql/scope";

/** A relation or type by its schema and name: `a` and `public.a` are taken for one. */
export type Key = string;

export function keyOf(schema: unknown, name: unknown): Key {
  return `${typeof schema === "string" && schema !== "" ? schema : "public"}.${String(name)}`;
}

/** Of a relation as the parser has it. */
export function relationKey(relation: unknown): Key {
  const { schemaname, relname } = (relation ?? {}) as SqlNode;
  return keyOf(schemaname, relname);
}

/** Of a name made of parts. */
export function partsKey(parts: readonly string[]): Key {
  return keyOf(parts.at(-2), parts.at(-1));
}

/** `orders`, or `shop.orders` outside of public: as a message shows it. */
export function shown(key: Key): string {
  return key.replace(/^public\./, "");
}

/** The parts of each object that DROP and its like name, of tables, types and functions alike. */
export function objectParts({ objects }: SqlNode): string[][] {
  return listOf(objects).map(({ List, TypeName, ObjectWithArgs, String: text }) => {
    if (text !== undefined) return [stringOf({ String: text })];
    const names = (List as SqlNode | undefined)?.items ?? (TypeName as SqlNode | undefined)?.names;
    return listOf(names ?? (ObjectWithArgs as SqlNode | undefined)?.objname).map(stringOf);
  });
}

/** `varchar(10)`, `numeric(10,2)`, `text[]`: PostgreSQL's own names, without its schema. */
export function typeText(typeName: unknown): string {
  const { names, typmods, arrayBounds } = (typeName ?? {}) as SqlNode;
  const name = listOf(names)
    .map(stringOf)
    .filter((part) => part !== "pg_catalog")
    .join(".");
  const numbers = listOf(typmods).map(({ A_Const }) => {
    const { ival } = (A_Const ?? {}) as { ival?: { ival?: number } };
    return String(ival?.ival ?? 0);
  });
  const size = numbers.length === 0 ? "" : `(${numbers.join(",")})`;
  return `${name}${size}${listOf(arrayBounds).length > 0 ? "[]" : ""}`;
}

/** Whether a name is of the session's own schema. */
export function isTemporary(relation: unknown): boolean {
  const { relpersistence, schemaname } = (relation ?? {}) as SqlNode;
  return relpersistence === "t" || schemaname === "pg_temp";
}

/** Every part of a tree, with the name under which it stands. */
export function* partsOf(tree: unknown): Generator<[name: string, part: SqlNode]> {
  const left: unknown[] = [tree];
  while (left.length > 0) {
    const part = left.pop();
    if (typeof part !== "object" || part === null) continue;
    for (const [name, value] of Object.entries(part)) {
      if (typeof value === "object" && value !== null) yield [name, value as SqlNode];
      left.push(value);
    }
  }
}

/** Names of the columns that an expression mentions. */
export function columnsIn(expression: unknown): string[] {
  const names: string[] = [];
  for (const [name, part] of partsOf({ expression })) {
    if (name === "ColumnRef") names.push(stringOf(listOf(part.fields).at(-1) ?? {}));
  }
  return names;
}

/** Literals in a tree, as texts. */
export function constantsIn(tree: unknown): string[] {
  const found: string[] = [];
  for (const [name, part] of partsOf({ tree })) {
    if (name !== "A_Const") continue;
    const { ival, sval, fval } = part as Record<string, SqlNode | undefined>;
    // The parser leaves zero out.
    if (ival !== undefined) found.push(String(Number(ival.ival ?? 0)));
    const text = textOf(sval?.sval) || textOf(fval?.fval);
    if (text !== "") found.push(text);
  }
  return found;
}
