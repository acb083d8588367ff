import { type Parser, type SqlNode, type Statement, parseWith } from "./parseSql";

/** What a DO block runs, whichever way it goes; or why nobody knows. */
export type DoBody = { statements: Statement[] } | { unknown: string };

// What plpgsql can say without building a statement from a text.
// https://github.com/pganalyze/libpg_query/blob/18-latest/src/pg_query_json_plpgsql.c
const STATIC = new Set(
  `block assign if case loop while fori fors forc foreach_a exit return return_next return_query raise
  assert execsql getdiag open fetch close perform call commit rollback`.split(/\s+/),
);

/** The statements in the body of a DO block, expressions as queries; unknown where it runs a text. */
export function readDo(parser: Parser, { args }: SqlNode): DoBody {
  const { language = "plpgsql", as: body } = optionsOf(args);
  if (language.toLowerCase() !== "plpgsql")
    return { unknown: `is written in ${JSON.stringify(language)}` };
  if (body === undefined) return { unknown: "has no body" };
  let tag = "$body$";
  while (body.includes(tag)) tag = tag.replace("$body", "$body_");
  try {
    const tree: unknown = parser.parsePlPgSQLSync(`DO ${tag}${body}${tag}`);
    return { statements: collect(tree).flatMap((query) => parseWith(parser, query)) };
  } catch (error) {
    if (error instanceof DynamicError) return { unknown: "runs a text with EXECUTE" };
    return { unknown: "is not to be read before it runs" };
  }
}

class DynamicError extends Error {}

function optionsOf(args: unknown): { language?: string; as?: string } {
  const options: Record<string, string> = {};
  for (const { DefElem } of Array.isArray(args) ? (args as { DefElem?: SqlNode }[]) : []) {
    const value = DefElem?.arg as { String?: { sval?: string } } | undefined;
    options[String(DefElem?.defname)] = value?.String?.sval ?? "";
  }
  return options;
}

/** Every query and expression of a plpgsql function's tree, as statements. */
function collect(tree: unknown): string[] {
  const queries: string[] = [];
  const left: unknown[] = [tree];
  while (left.length > 0) {
    const part = left.pop();
    if (typeof part !== "object" || part === null) continue;
    for (const [name, value] of Object.entries(part)) {
      const [, kind] = /^PLpgSQL_stmt_(\w+)$/.exec(name) ?? [];
      if ((kind !== undefined && !STATIC.has(kind)) || name === "dynquery")
        throw new DynamicError();
      if (name === "PLpgSQL_expr") queries.push(toStatement(value as Expression));
      else left.push(value);
    }
  }
  // As they stand in the text, as far as that matters: what is found first is said.
  return queries.reverse();
}

interface Expression {
  query: string;
  parseMode: number;
}

/** plpgsql's modes: a statement, an expression, and assignments to a name of one to three parts. */
function toStatement({ query, parseMode }: Expression): string {
  if (parseMode === 0) return query;
  if (parseMode === 2) return `SELECT ${query}`;
  const [, target = "", value] = /^([^=]*?):?=([^]*)$/.exec(query) ?? [];
  if (parseMode < 3 || value === undefined) throw new Error("unknown mode");
  // An index is computed.
  const indices = [...target.matchAll(/\[([^\]]*)\]/g)].map(([, index = ""]) => index);
  return `SELECT ${[value, ...indices.flatMap((index) => index.split(":"))].filter((text) => text.trim() !== "").join(", ")}`;
}
