import type { Client } from "pg";
import { checkDatabaseUrl } from "../settings/databaseUrl";
import { type Environment, isSet } from "../settings/environment";
import type { Violation } from "../violations";
import { withClient } from "./shadowServer";

const EXPECTED = "the URL of the superuser of an empty server that may be thrown away";
const REMEDY =
  "start one for this alone, such as the postgres image as a service of the build, or leave --shadow-url out for the embedded one";

/** What is wrong with `--shadow-url` before anybody has connected. */
export function checkShadowUrl(url: string, env: Environment): Violation[] {
  const [fault] = checkDatabaseUrl(url);
  if (fault !== undefined) return [{ ...fault, path: "--shadow-url" }];
  const refuse = (got: string): Violation[] => [
    { path: "--shadow-url", expected: EXPECTED, got, remedy: REMEDY },
  ];
  if (/[?&](host|hostaddr|user|password|dbname)=/.test(url) || !hasHost(url)) {
    return refuse("one whose host, login or database do not stand before its ?");
  }
  // In Cloud Run a database that can be reached is somebody's.
  const variable = ["K_SERVICE", "CLOUD_RUN_JOB"].find((name) => isSet(env[name]));
  return variable === undefined ? [] : refuse(`one in Cloud Run (${variable} is set)`);
}

function hasHost(url: string): boolean {
  return URL.canParse(url) && !["", "placeholder"].includes(new URL(url).hostname);
}

// Whose managed servers have them.
const VENDORS: Readonly<Record<string, string>> = {
  cloudsqladmin: "Cloud SQL's",
  alloydbadmin: "AlloyDB's",
  rdsadmin: "Amazon RDS's",
  azuresu: "Azure's",
};

/** Why nothing may be made on a server, by what is on it; null when it is empty. */
export async function findServerFault(
  client: Client,
  urlOf: (database: string) => string,
): Promise<string | null> {
  const { rows } = await client.query<{ super: boolean; follows: boolean; roles: string[] }>(
    `SELECT rolsuper AS super, pg_is_in_recovery() AS follows,
       (SELECT coalesce(array_agg(rolname::text), '{}') FROM pg_roles WHERE rolname = ANY ($1)) AS roles
     FROM pg_roles WHERE rolname = current_user`,
    [Object.keys(VENDORS)],
  );
  const [vendor] = rows[0]?.roles ?? [];
  if (vendor !== undefined)
    return `a server with ${VENDORS[vendor] ?? "a vendor's"} role ${vendor}`;
  if (rows[0]?.follows === true) return "a server that follows another one";
  if (rows[0]?.super !== true) return "a login that is no superuser";
  const databases = await client.query<{ datname: string }>(
    "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY datname",
  );
  for (const { datname } of databases.rows) {
    const table = await withClient(urlOf(datname), findTable);
    if (table !== null) return `a server whose database ${datname} holds ${table}`;
  }
  return null;
}

const TABLE = `
SELECT format('the table %I.%I', n.nspname, c.relname) AS table FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm', 'f', 'S') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY c.relkind = 'S', 1 LIMIT 1`;

async function findTable(client: Client): Promise<string | null> {
  const { rows } = await client.query<{ table: string }>(TABLE);
  return rows[0]?.table ?? null;
}

/** What is said of a server that is refused. */
export function refusalOf(got: string): Violation {
  return { path: "--shadow-url", expected: EXPECTED, got, remedy: REMEDY };
}
