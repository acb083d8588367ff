import type {
  BuildStepReach,
  CommandMigration,
  MigratorLogin,
  NodePgMigrateMigration,
  Reach,
  ReleaseOptions,
  ReleasePromotion,
} from "../../../components/build/options";

const roles = {
  ownerRole: "app_owner",
  runtimeRole: "shop_runtime",
  extensions: [],
  lockTimeout: "5s",
  statementTimeout: "15min",
};

export const nodePgMigrate: NodePgMigrateMigration = {
  runs: "NodePgMigrate",
  directory: "migrations",
  lockWait: "10min",
  ...roles,
};

export const command: CommandMigration = {
  runs: "Command",
  command: ["alembic", "upgrade", "head"],
  environment: {
    names: {
      host: "PGHOST",
      port: "PGPORT",
      user: "PGUSER",
      password: "PGPASSWORD",
      database: "PGDATABASE",
    },
    secretVersions: null,
  },
  ...roles,
};

export const secretCommand: CommandMigration = {
  ...command,
  environment: {
    names: {
      host: "DB_HOST",
      port: "DB_PORT",
      user: "DB_USER",
      password: "DB_PASSWORD",
      database: "DB_NAME",
    },
    secretVersions: {
      host: secretVersion("host"),
      port: secretVersion("port"),
      user: secretVersion("user"),
      database: secretVersion("database"),
    },
  },
};

export function secretVersion(id: string): string {
  return `projects/example-project/secrets/shop-${id}/versions/3`;
}

export const passwordLogin: MigratorLogin = {
  auth: "Password",
  user: "shop_migrator",
  passwordVersion: secretVersion("migrator-password"),
};

export const iamLogin: MigratorLogin = {
  auth: "Iam",
  user: "shop-migrator@example-project.iam",
};

export const jobReach: Reach = { connectivity: "CloudRunJob", job: "shop-migrate", rolesJob: null };

export const commandJobReach: Reach = { ...jobReach, rolesJob: "shop-roles" };

export function stepReach(login: MigratorLogin): BuildStepReach {
  return {
    connectivity: "BuildStep",
    instanceConnectionName: "example-project:europe-west1:shop-1a2b3c4d",
    impersonate: "shop-migrator@example-project.iam.gserviceaccount.com",
    database: "shop",
    login,
  };
}

export const afterProbe: ReleasePromotion = { promotion: "AfterProbe", verifyCommand: null };

/** Complete options; what a test is about, it says itself. */
export function releaseOptions(changes: Partial<ReleaseOptions> = {}): ReleaseOptions {
  return {
    region: "europe-west1",
    service: "shop",
    image: "europe-west1-docker.pkg.dev/example-project/shop/shop",
    serviceAccount:
      "projects/example-project/serviceAccounts/shop-build@example-project.iam.gserviceaccount.com",
    build: {
      dockerfile: "Dockerfile",
      context: ".",
      buildArgs: {},
      machineType: null,
      workingDirectory: "/app",
    },
    migration: nodePgMigrate,
    reach: jobReach,
    promotion: afterProbe,
    timeouts: {
      guardSeconds: 1800,
      buildSeconds: 1200,
      migrationSeconds: 1200,
      verifyRevisionSeconds: 300,
      queueSeconds: 3600,
    },
    ...changes,
  };
}

const ways: Pick<ReleaseOptions, "migration" | "reach">[] = [
  { migration: nodePgMigrate, reach: jobReach },
  { migration: command, reach: commandJobReach },
  ...[passwordLogin, iamLogin].flatMap((login) =>
    [nodePgMigrate, command, secretCommand].map((migration) => ({
      migration,
      reach: stepReach(login),
    })),
  ),
];

const promotions: ReleasePromotion[] = [
  afterProbe,
  { promotion: "AfterProbe", verifyCommand: ["node", "verify.js"] },
  { promotion: "Immediately" },
  { promotion: "Manual", verifyCommand: null },
  { promotion: "Manual", verifyCommand: ["node", "verify.js"] },
];

/** Every combination of the options that change the shape of a document. */
export function everyCombination(): { name: string; options: ReleaseOptions }[] {
  return ways.flatMap(({ migration, reach }) =>
    promotions.flatMap((promotion) =>
      [{}, { VITE_BACKEND_HOST: "", PRICE: "$5" }].flatMap((buildArgs) =>
        [[], ["citext", "uuid-ossp"]].flatMap((extensions) =>
          [null, "E2_HIGHCPU_8"].map((machineType) => {
            const base = releaseOptions();
            const options = releaseOptions({
              migration: { ...migration, extensions },
              reach,
              promotion,
              build: { ...base.build, buildArgs, machineType },
            });
            return { name: nameOf(options), options };
          }),
        ),
      ),
    ),
  );
}

function nameOf({ migration, reach, promotion, build }: ReleaseOptions): string {
  return [
    reach.connectivity,
    reach.connectivity === "BuildStep" ? reach.login.auth : "job",
    migration.runs,
    migration.runs === "Command" && migration.environment.secretVersions !== null ? "secrets" : "",
    promotion.promotion,
    promotion.promotion !== "Immediately" && promotion.verifyCommand !== null ? "verified" : "",
    Object.keys(build.buildArgs).length > 0 ? "arguments" : "",
    migration.extensions.length > 0 ? "extensions" : "",
    build.machineType ?? "",
  ]
    .filter((part) => part !== "")
    .join(" ");
}
