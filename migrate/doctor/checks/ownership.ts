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

/** The set-up that is missing, but for the service's rights; or that another role is meant. */
export function findOwnerRole(patient: Patient): Diagnosis[] {
  const { roles, roleState, usedRole } = patient;
  const { role, tables } = roles;
  if (usedRole !== null && usedRole !== role) {
    const message = `is not the role that up has used so far: ${tables.runs} belongs to ${usedRole}`;
    const advice = `name that one with --role ${usedRole}; else everything has to be handed over first`;
    return [diagnose(OWNER_ROLE, role, message, advice)];
  }
  const plan = planRoles(roleState, { ...roles, runtimeRole: null, extensions: [] });
  // The block that hands the login's own objects over is the next check's.
  const missing = plan.filter(({ sql }) => !sql.includes("\n"));
  if (missing.length === 0) return [];
  const message = !roleState.ownerExists
    ? "does not exist, so nothing belongs to it"
    : roleState.loginHoldsOwner
      ? "is not set up completely"
      : `cannot be taken by ${roleState.login}`;
  const advice = "up does it where the login may; by hand";
  const statements = missing.map(({ sql }) => sql);
  const diagnosis = diagnose(OWNER_ROLE, role, message, advice, statements);
  return [{ ...diagnosis, level: isFirstRun(patient) ? "note" : "warning", fix: missing }];
}

/** Relations, routines and types of other roles. What the runtime role owns is another rule's. */
export async function findWrongOwners(patient: Patient): Promise<Diagnosis[]> {
  const { client, roles, roleState } = patient;
  const found = await listForeign(client, roles);
  const objects = found
    .filter(({ owner }) => owner !== roles.runtimeRole)
    .map(({ name, owner, statement }) => {
      const isOwn = owner === roleState.login;
      const message = `belongs to ${owner}, not to ${roles.role}`;
      const advice = isOwn
        ? "up hands it over; by hand"
        : `hand it over, as ${owner} or as an administrator`;
      const level = !isOwn ? "error" : isFirstRun(patient) ? "note" : "warning";
      const diagnosis = diagnose(WRONG_OWNER, name, message, advice, [statement]);
      return mendable({ ...diagnosis, level }, "login");
    });
  return [...objects, ...(await findWrongSchemas(patient))];
}

const SCHEMAS = `
SELECT nspname AS name, pg_get_userbyid(nspowner) AS owner FROM pg_namespace
WHERE nspname = ANY ($1) AND nspname <> 'public' AND pg_get_userbyid(nspowner) <> $2 ORDER BY 1`;

/** Migrations can make things in such a schema all the same. `public` belongs to the database's owner. */
async function findWrongSchemas({ client, roles }: Patient): Promise<Diagnosis[]> {
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
