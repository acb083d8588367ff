import type { Change, ObjectId } from "./change";
import { quoted } from "./step";

/** What the engine knows of an object. */
interface Fact {
  id: ObjectId;
  payload: unknown;
}

/**
 * Gives again what is granted on columns and stays: a REVOKE of everything on their table, by which
 * the engine begins, takes it too.
 */
export function grantColumnsAgain(
  changes: readonly Change[],
  wanted: { facts(): readonly object[] },
): Change[] {
  const revoked = changes.flatMap(({ sql, touches }) => {
    if (!/^REVOKE ALL ON TABLE /.test(sql)) return [];
    const id = touches.find(({ kind }) => kind === "acl");
    const table =
      (id?.target as ObjectId | undefined) ?? touches.find(({ kind }) => kind === "table");
    const role = touches.find(({ kind }) => kind === "role");
    const grantee = id?.grantee ?? role?.name;
    return table === undefined || typeof grantee !== "string" ? [] : [{ table, grantee }];
  });
  if (revoked.length === 0) return [];
  const grants = (wanted.facts() as Fact[]).filter(({ id }) => id.kind === "acl" && id.column);
  return revoked.flatMap(({ table, grantee }) =>
    grants
      .filter(({ id }) => id.grantee === grantee && isOf(id.target as ObjectId, table))
      .flatMap((fact) => toGrants(fact, grantee)),
  );
}

function isOf({ schema, name }: ObjectId, table: ObjectId): boolean {
  return schema === table.schema && name === table.name;
}

function toGrants({ id, payload }: Fact, grantee: string): Change[] {
  const { privileges = [], grantable = [] } = payload as Record<string, string[] | undefined>;
  const { schema, name } = id.target as { schema: string; name: string };
  const column = quoted(String(id.column));
  const to = grantee === "PUBLIC" ? grantee : quoted(grantee);
  return privileges.map((privilege) => ({
    sql: `GRANT ${privilege} (${column}) ON TABLE ${quoted(schema, name)} TO ${to}${grantable.includes(privilege) ? " WITH GRANT OPTION" : ""}`,
    ...{ produces: [], destroys: [], touches: [id], losesData: false },
  }));
}
