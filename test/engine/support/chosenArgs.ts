import type { MigratedServiceArgs } from "../../../components";
import type { Choice } from "./choices";
import type { CloudObject } from "./cloud";

const REGION = "europe-west1";
const PLACE = `projects/example-project/locations/${REGION}`;
const NETWORK = {
  network: "projects/example-project/global/networks/shared",
  subnetwork: `projects/example-project/regions/${REGION}/subnetworks/shared`,
};

/** An instance that somebody else made, and its ID. It takes everybody. */
export const EXISTING_ID = "projects/example-project/instances/shared";
export const EXISTING_INSTANCE: CloudObject = {
  type: "gcp:sql/databaseInstance:DatabaseInstance",
  inputs: {
    name: "shared",
    project: "example-project",
    region: REGION,
    databaseVersion: "POSTGRES_18",
    instanceType: "CLOUD_SQL_INSTANCE",
    settings: {
      tier: "db-custom-1-3840",
      connectorEnforcement: "NOT_REQUIRED",
      ipConfiguration: { sslMode: "ENCRYPTED_ONLY", privateNetwork: NETWORK.network },
      databaseFlags: [{ name: "cloudsql.iam_authentication", value: "on" }],
    },
  },
  computed: {
    connectionName: `example-project:${REGION}:shared`,
    privateIpAddress: "10.64.0.9",
    publicIpAddress: "203.0.113.9",
  },
};

/** Makes a combination one that the component does not refuse. */
export function fit(choice: Choice): Choice {
  const fitted = { ...choice };
  if (fitted.connectivity === "CloudRunJob" && fitted.command === "given")
    fitted.login = "Password";
  if (fitted.login === "Iam") fitted.connectionSecrets = "no";
  if (fitted.access === "Sidecar" && fitted.workers === "both") fitted.workers = "pool";
  if (fitted.promotion === "Immediately") fitted.verify = "none";
  if (fitted.command === "given" && fitted.backupBefore === "yes") fitted.backupBefore = "no";
  if (fitted.connectivity !== "PrivatePool") fitted.pool = "own";
  // The network must be the one that the other instance stands in.
  if (fitted.database === "existing") fitted.network = "existing";
  return fitted;
}

/** The arguments of a combination. */
export function argsOf(choice: Choice): MigratedServiceArgs {
  return {
    region: REGION,
    preset: choice.preset,
    source: SOURCES[choice.source],
    ...project(choice),
    ...(choice.labels === "some" && { labels: { team: "shop", cost: "42" } }),
    enableApis: choice.apis === "enabled",
    build: build(choice),
    database: {
      login: choice.login,
      environmentAsSecrets: choice.connectionSecrets === "yes",
      ...(choice.database === "existing" && {
        existingInstance: `example-project:${REGION}:shared`,
      }),
    },
    network: {
      ...(choice.network === "existing" && NETWORK),
      ...(choice.database === "own" && { publicIp: choice.connectivity === "BuildStep" }),
    },
    migration: {
      connectivity: choice.connectivity,
      ...(choice.command === "given" && { command: ["alembic", "upgrade", "head"] }),
      ...(choice.migrationImage === "own" && { dockerfile: "migrate.Dockerfile" }),
      ...(choice.backupBefore !== "default" && { backupBefore: choice.backupBefore === "yes" }),
      ...account(choice, "migrator"),
    },
    secrets: SECRETS[choice.secrets],
    service: { ...SHAPES[choice.shape], ...workers(choice), ...account(choice, "runtime") },
    release: {
      promotion: choice.promotion,
      ...(choice.verify === "given" && { verifyCommand: ["node", "verify.js"] }),
    },
  };
}

/** With accounts that are there already nothing else says in which project the roles are. */
function project({ project, accounts }: Choice): { project?: string } {
  if (project === "other") return { project: "other-project" };
  return accounts === "existing" ? { project: "example-project" } : {};
}

const SOURCES: Record<Choice["source"], MigratedServiceArgs["source"]> = {
  github: { github: { owner: "shop", name: "shop" } },
  repository: { repository: `${PLACE}/connections/github/repositories/shop` },
  developerConnect: {
    developerConnect: `${PLACE}/connections/github/gitRepositoryLinks/shop`,
    branch: "^release$",
    requireApproval: true,
  },
};

const SECRETS: Record<Choice["secrets"], NonNullable<MigratedServiceArgs["secrets"]>> = {
  none: {},
  own: { API_KEY: { value: "a value" }, SEED_KEY: { value: "another", toMigration: true } },
  existing: { API_KEY: { existingSecret: "projects/example-project/secrets/key", version: "3" } },
};

const SHAPES: Record<Choice["shape"], NonNullable<MigratedServiceArgs["service"]>> = {
  defaults: {},
  small: { cpu: "1", memory: "1Gi", minInstances: 0, maxInstances: 1, publiclyAccessible: true },
  large: { cpu: "4", memory: "4Gi", minInstances: 1, maxInstances: 20, env: { SIZE: "large" } },
};

function build({
  accounts,
  images,
  pool,
  connectivity,
}: Choice): MigratedServiceArgs["build"] & {} {
  return {
    ...(accounts === "existing" && {
      serviceAccount: "builder@example-project.iam.gserviceaccount.com",
    }),
    ...(images === "existing" && {
      imageRepository: `${REGION}-docker.pkg.dev/example-project/shared`,
    }),
    ...(connectivity === "PrivatePool" && {
      workerPool:
        pool === "existing" ? { existing: `${PLACE}/workerPools/shared` } : { diskSizeGb: 200 },
    }),
  };
}

function account({ accounts }: Choice, role: string): { serviceAccount?: string } {
  if (accounts === "own") return {};
  return { serviceAccount: `${role}@example-project.iam.gserviceaccount.com` };
}

function workers({ access, workers: kinds }: Choice): NonNullable<MigratedServiceArgs["service"]> {
  return {
    databaseAccess: access,
    workers: {
      ...(kinds !== "none" && { mailer: { command: ["node", "mailer.js"], instances: 2 } }),
      ...(kinds === "both" && { nightly: { kind: "Job", command: ["node", "nightly.js"] } }),
    },
  };
}
