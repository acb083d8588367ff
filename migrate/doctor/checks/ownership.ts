import { escapeIdentifier } from "pg";
import { listForeign } from "../../roles/findForeign";
import { planRoles } from "../../roles/planRoles";
import { type Diagnosis, type DoctorRule, diagnose, mendable } from "../diagnosis";
import { type Patient, isFirstRun } from "../patient";

export const OWNER_ROLE: DoctorRule = {
  id: "owner-role",
  level: "warning",
  title: "The owner role is not set up",
  why: "Everything that migrations make belongs to one role that nobody logs in as, so that any migrator can go on where another one stopped. Where that role is missing, or this login is not in it, migrations fail at the first object of somebody else's.",
  instead:
    "Run up, which sets it up where the login may; else have an administrator run the statements.",
  url: "https://www.postgresql.org/docs/current/role-membership.html",
};

export const WRONG_OWNER: DoctorRule = {
  id: "wrong-owner",
  level: "error",
  title: "An object that does not belong to the owner role",
  why: "Only its owner may alter or drop an object: a migration that does fails with “must be owner of”. It happens when somebody makes a table by hand, restores a dump under another login, or runs plain node-pg-migrate.",
  instead: "Hand it over. Whoever runs the statement must be in both roles, or an administrator.",
  url: "https://www.postgresql.org/docs/current/ddl-priv.html",
};

/** The set-up that is missing, but for the service's rights. */
export function findOwnerRole({ roles, roleState, history }: Patient): Diagnosis[] {
  const plan = planRoles(roleState, { ...roles, runtimeRole: null, extensions: [] });
  // The block that hands the login's own objects over is the next check's.
  const statements = plan.filter(({ sql }) => !sql.includes("\n"));
  if (statements.length === 0) return [];
  const { role } = roles;
  const message = !roleState.ownerExists
    ? "does not exist, so nothing belongs to it"
    : roleState.loginHoldsOwner
      ? "is not set up completely"
      : `cannot be taken by ${roleState.login}`;
  const advice = "up does it where the login may, unless --role is the wrong one here; by hand";
  const diagnosis = diagnose(
    OWNER_ROLE,
    role,
    message,
    advice,
    statements.map(({ sql }) => sql),
  );
  return [{ ...diagnosis, level: isFirstRun(history) ? "note" : "warning", fix: statements }];
}

/** Relations, routines and types of other roles. What the runtime role owns is another rule's. */
export async function findWrongOwners({ client, roles, roleState }: Patient): Promise<Diagnosis[]> {
  const found = await listForeign(client, roles);
  const objects = found
    .filter(({ owner }) => owner !== roles.runtimeRole)
    .map(({ name, owner, statement }) => {
      const message = `belongs to ${owner}, not to ${roles.role}`;
      const isOwn = owner === roleState.login;
      const advice = isOwn
        ? "up hands it over; by hand"
        : `hand it over, as ${owner} or as an administrator`;
      const diagnosis = diagnose(WRONG_OWNER, name, message, advice, [statement]);
      return mendable(isOwn ? { ...diagnosis, level: "warning" } : diagnosis, "login");
    });
  return [...objects, ...(await findWrongSchemas({ client, roles }))];
}

const SCHEMAS = `
SELECT nspname AS name, pg_get_userbyid(nspowner) AS owner FROM pg_namespace
WHERE nspname = ANY ($1) AND nspname <> 'public' AND pg_get_userbyid(nspowner) <> $2 ORDER BY 1`;

/** Migrations can make things in such a schema all the same. `public` belongs to the database's owner. */
async function findWrongSchemas({
  client,
  roles,
}: Pick<Patient, "client" | "roles">): Promise<Diagnosis[]> {
  const names = [...roles.schemas, roles.migrationsSchema];
  const { rows } = await client.query<{ name: string; owner: string }>(SCHEMAS, [
    names,
    roles.role,
  ]);
  return rows.map(({ name, owner }) => {
    const message = `is a schema of ${owner}: no migration can alter or drop it`;
    const statement = `ALTER SCHEMA ${escapeIdentifier(name)} OWNER TO ${escapeIdentifier(roles.role)}`;
    const advice = "hand it over, if one has to";
    return { ...diagnose(WRONG_OWNER, name, message, advice, [statement]), level: "note" };
  });
}
