import { type ClientBase, escapeIdentifier, escapeLiteral } from "pg";
import { CLOUD_SQL_GRANT, CLOUD_SQL_ROLES } from "../postgres";

/** Who logs in. */
export interface Login {
  user: string;
  password: string;
}

/** The roles that a shadow has, besides those of every instance and the login that migrates. */
export interface ShadowRoles {
  /** Owner of what the migrations make. The tool makes it, as everywhere. */
  role: string;
  /** Login of the service; null when nobody is named. */
  runtimeRole: string | null;
  /** What else the migrations name. */
  otherRoles: readonly string[];
}

/**
 * Makes the roles that are missing, as the Admin API would for the component, and gives their names:
 * the migrator is a cloudsqlsuperuser, the service's login is in a harmless role only.
 */
export async function makeRoles(
  client: ClientBase,
  { runtimeRole, otherRoles }: ShadowRoles,
  migrator: Login,
): Promise<string[]> {
  const { rows } = await client.query<{ rolname: string }>("SELECT rolname FROM pg_roles");
  const existing = new Set(rows.map(({ rolname }) => rolname));
  const login = (name: string, password: string, role: string): string[] => [
    `CREATE ROLE ${escapeIdentifier(name)} LOGIN PASSWORD ${escapeLiteral(password)}`,
    `GRANT ${role} TO ${escapeIdentifier(name)}`,
  ];
  const wanted: [string, string[]][] = [
    ...Object.entries(CLOUD_SQL_ROLES).map(([name, may]): [string, string[]] => [
      name,
      [
        `CREATE ROLE ${name} NOLOGIN ${may}`,
        ...(name === "cloudsqlsuperuser" ? [CLOUD_SQL_GRANT] : []),
      ],
    ]),
    [migrator.user, login(migrator.user, migrator.password, "cloudsqlsuperuser")],
    ...(runtimeRole === null ? [] : [runtimeRole]).map((name): [string, string[]] => [
      name,
      login(name, migrator.password, "pg_stat_scan_tables"),
    ]),
    ...otherRoles.map((name): [string, string[]] => [
      name,
      [`CREATE ROLE ${escapeIdentifier(name)} NOLOGIN`],
    ]),
  ];
  const made: string[] = [];
  for (const [name, statements] of wanted) {
    if (existing.has(name)) continue;
    for (const statement of statements) await client.query(statement);
    existing.add(name);
    made.push(name);
  }
  return made;
}
