import { escapeLiteral } from "pg";
import { partsKey, relationKey } from "../lint/names";
import type { SqlNode, Statement } from "../sql/parseSql";
import { listOf, stringOf, textOf } from "../sql/scope";
import { type Change, isSameId } from "./change";
import { notValid, stepsOfConstraint } from "./constraintSteps";
import { stepsOfIndex, stepsOfIndexDrop } from "./indexSteps";
import type { ParsedChange } from "./ownStatements";
import {
  type Steps,
  type Surroundings,
  asIs,
  inTransaction,
  alone,
  helperName,
  quoted,
} from "./step";

/** Every change in steps that keep nobody waiting for longer than a moment, where there are any. */
export function toSteps(
  parsed: readonly ParsedChange[],
  partitioned: ReadonlySet<string>,
): Steps[] {
  const made = new Set(parsed.flatMap(({ statement }) => madeBy(statement)));
  const around = { made, partitioned, changes: parsed.map(({ change }) => change) };
  return parsed.flatMap(({ change, statement }) => stepsOf(change, statement, around));
}

function stepsOf(change: Change, { kind, node }: Statement, around: Surroundings): Steps[] {
  switch (kind) {
    case "AlterEnumStmt":
      return [stepsOfValue(change, textOf(node.newVal), around)];
    case "IndexStmt":
      return [stepsOfIndex(change, node, around)];
    case "DropStmt":
      return node.removeType === "OBJECT_INDEX" ? stepsOfIndexDrop(change, around) : [asIs(change)];
    case "AlterDomainStmt":
      return [stepsOfDomain(change, node, around)];
    case "AlterTableStmt":
      return stepsOfAlterTable(change, node, around);
    default:
      return [asIs(change)];
  }
}

function stepsOfAlterTable(change: Change, node: SqlNode, around: Surroundings): Steps[] {
  const commands = listOf(node.cmds).map(({ AlterTableCmd }) => AlterTableCmd as SqlNode);
  const [command] = commands;
  if (command === undefined || commands.length > 1) return [asIs(change)];
  const key = relationKey(node.relation);
  if (around.made.has(key)) return [asIs(change)];
  const { schemaname, relname } = node.relation as SqlNode;
  const schema = textOf(schemaname);
  const table = quoted(schema, textOf(relname));
  switch (command.subtype) {
    case "AT_AddConstraint": {
      const { Constraint } = command.def as { Constraint: SqlNode };
      return [stepsOfConstraint(change, Constraint, { table, schema, key }, around)];
    }
    case "AT_DropConstraint":
      // It goes where the new one of its name comes.
      return isMadeAgain(change, around) ? [] : [asIs(change)];
    case "AT_SetNotNull":
      return [stepsOfNotNull(change, table, textOf(relname), textOf(command.name))];
    default:
      return [asIs(change)];
  }
}

/**
 * NOT NULL through a CHECK that is validated first: then no scan is needed while everybody waits.
 * Source: https://www.postgresql.org/docs/18/sql-altertable.html (SET NOT NULL)
 */
function stepsOfNotNull(change: Change, table: string, name: string, column: string): Steps {
  const helper = quoted(helperName(name, column, "is_set"));
  const check = `CHECK (${quoted(column)} IS NOT NULL)`;
  return {
    ...asIs(change),
    steps: [
      inTransaction(`ALTER TABLE ${table} ADD CONSTRAINT ${helper} ${check} NOT VALID`),
      alone(`ALTER TABLE ${table} VALIDATE CONSTRAINT ${helper}`),
      inTransaction(change.sql),
      inTransaction(`ALTER TABLE ${table} DROP CONSTRAINT ${helper}`),
    ],
    readyAfter: 3,
  };
}

/** A CHECK of a domain is one of every table that has it. */
function stepsOfDomain(change: Change, node: SqlNode, { made }: Surroundings): Steps {
  const parts = listOf(node.typeName).map(stringOf);
  const { Constraint } = (node.def ?? {}) as { Constraint?: SqlNode };
  const isCheck = Constraint?.contype === "CONSTR_CHECK";
  if (!isCheck || made.has(partsKey(parts))) return asIs(change);
  const domain = { on: `DOMAIN ${quoted(...parts)}`, name: textOf(Constraint.conname) };
  return { ...asIs(change), steps: notValid(change, Constraint, domain) };
}

/** Whether a unique or primary key of the same name comes back, built in another way. */
function isMadeAgain({ destroys }: Change, { changes }: Surroundings): boolean {
  return changes.some(
    ({ produces, sql }) =>
      / ADD CONSTRAINT .* (UNIQUE|PRIMARY KEY) /.test(sql) &&
      produces.some((id) => destroys.some((other) => isSameId(id, other))),
  );
}

/** A new value of an enum can be used once it is committed. */
function stepsOfValue(change: Change, name: string, { changes }: Surroundings): Steps {
  const value = escapeLiteral(name);
  const isUsed = changes.some((other) => other !== change && other.sql.includes(value));
  if (!isUsed) return asIs(change);
  const sql = change.sql.replace(/ ADD VALUE (?!IF )/, "$&IF NOT EXISTS ");
  return { ...asIs(change), steps: [alone(sql)], value };
}

/** Relations and domains that a statement makes. */
function madeBy({ kind, node }: Statement): string[] {
  if (kind === "CreateStmt" || kind === "CreateForeignTableStmt") {
    const base = (node.base as SqlNode | undefined)?.relation;
    return [relationKey(node.relation ?? base)];
  }
  if (kind === "CreateDomainStmt") return [partsKey(listOf(node.domainname).map(stringOf))];
  if (kind === "CreateTableAsStmt") return [relationKey((node.into as SqlNode).rel)];
  return [];
}
