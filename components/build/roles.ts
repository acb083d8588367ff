import { PROXY_HOST, PROXY_PORT } from "./connect";
import type { BuildStep } from "./document";
import { executeJob } from "./executeJob";
import { literal, STEP_IMAGES } from "./images";
import type { BuildReach, MigrationRoles, ReleaseOptions } from "./options";
import { prepareRolesSql, ROLES_PHASE, verifyRolesSql } from "./rolesSql";
import { bashScript, PATIENTLY } from "./script";
import { FIXED_SECONDS } from "./timeouts";

/** The two halves of the work that our tool does around a migration and a command does not. */
export type RolesPhase = "prepare" | "verify";

/** Identity and place of a roles step. */
export interface RolesStepPlace {
  id: "prepare-roles" | "verify-roles";
  waitFor: string[];
}

/** Makes or checks roles and grants by `psql`, over the proxy that `connect` started. */
export function rolesStep(
  options: ReleaseOptions,
  reach: BuildReach,
  phase: RolesPhase,
  place: RolesStepPlace,
): BuildStep {
  return {
    ...place,
    name: STEP_IMAGES.postgres,
    timeout: `${FIXED_SECONDS.roles}s`,
    env: [
      "BUILD_ID=$BUILD_ID",
      `PGHOST=${PROXY_HOST}`,
      `PGPORT=${PROXY_PORT}`,
      `PGUSER=${literal(reach.login.user)}`,
      `PGDATABASE=${literal(reach.database)}`,
      "PGAPPNAME=cloud-run-migrations",
    ],
    ...(reach.login.auth === "Password" ? { secretEnv: ["PGPASSWORD"] } : {}),
    script: bashScript({
      requires: ["PGHOST", "PGPORT", "PGUSER", "PGDATABASE"],
      functions: [psqlFunction(phase, options.migration)],
      body: RUN_PSQL[phase],
    }),
  };
}

/** Executes the job that holds {@link rolesJobScript}, when the build itself cannot reach the database. */
export function rolesExecutionStep(
  options: ReleaseOptions,
  job: string,
  phase: RolesPhase,
  place: RolesStepPlace,
): BuildStep {
  return {
    ...place,
    name: STEP_IMAGES.gcloud,
    timeout: `${FIXED_SECONDS.roles}s`,
    env: ["BUILD_ID=$BUILD_ID", `ROLES_JOB=${literal(job)}`, `REGION=${literal(options.region)}`],
    script: bashScript({
      requires: ["ROLES_JOB", "REGION"],
      functions: [PATIENTLY, executeJob("")],
      body: `execute_job "$ROLES_JOB" "BUILD_ID=$BUILD_ID,${ROLES_PHASE}=${phase}"
echo "roles: ${phase} done by $execution"`,
    }),
  };
}

/**
 * Bash for a Cloud Run job in the `postgres` image: `bash -c` with this text, `PG*` in its
 * environment; the phase arrives with each execution.
 */
export function rolesJobScript(roles: MigrationRoles): string {
  return bashScript({
    requires: [ROLES_PHASE, "PGHOST", "PGUSER", "PGDATABASE"],
    functions: [psqlFunction("prepare", roles), psqlFunction("verify", roles)],
    body: `case "$${ROLES_PHASE}" in
  prepare)
    ${RUN_PSQL.prepare.trim().replaceAll("\n", "\n    ")}
    ;;
  verify)
    ${RUN_PSQL.verify.trim().replaceAll("\n", "\n    ")}
    ;;
  *) fail "${ROLES_PHASE}: expected prepare or verify" ;;
esac`,
  });
}

// A quoted delimiter: bash expands nothing in the SQL.
function psqlFunction(phase: RolesPhase, roles: MigrationRoles): string {
  const sql = phase === "prepare" ? prepareRolesSql(roles) : verifyRolesSql(roles);
  return `${phase}_roles() {
  psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 <<'SQL'
${sql}
SQL
}`;
}

// psql ends with 2 when it has no connection: grants of a first release take minutes to be
// effective. The SQL can run any number of times.
const RUN_PSQL: Record<RolesPhase, string> = {
  prepare: `
for attempt in {1..25}; do
  status=0
  prepare_roles || status=$?
  if [ "$status" -ne 2 ] || [ "$attempt" -eq 25 ]; then break; fi
  sleep 5
done
[ "$status" -eq 0 ] || fail "roles and grants could not be prepared; nothing was migrated"
echo "roles and grants are prepared"
`,
  verify: `
verify_roles || fail "the service's database role must not be able to change the schema; the migrations are applied, nothing is deployed"
echo "the service's database role owns nothing and can create nothing"
`,
};
