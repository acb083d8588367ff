import * as components from "../../../components";
import { PostgresDatabase } from "../../../components/postgresDatabase";
import { PrivatePool } from "../../../components/privatePool";
import { RolesJob } from "../../../components/rolesJob";
import { Worker } from "../../../components/worker";

/** Arguments that are right, of a component and of everything that is in it. */
const REGION = "europe-west1";
const ACCOUNT = "shop-run@example-project.iam.gserviceaccount.com";
const PASSWORD = { secret: "shop-password", version: "1" };
const CONNECTION = {
  connectionName: "example-project:europe-west1:shop",
  database: "shop",
  user: "shop_runtime",
  password: PASSWORD,
};
const IN_NETWORK = { network: "network-1", subnetwork: "subnet-1" };
const RUN = { region: REGION, serviceAccount: ACCOUNT };
const USERS = {
  migrator: { serviceAccount: ACCOUNT, password: "made-elsewhere" },
  runtime: { serviceAccount: ACCOUNT, password: "made-elsewhere" },
};
const SOURCE = { github: { owner: "example", name: "shop" } };

/** The components, each with arguments that are right. */
export const PARTS = {
  MigratedService: {
    Component: components.MigratedService,
    right: { region: REGION, source: SOURCE },
  },
  ConnectionSecrets: {
    Component: components.ConnectionSecrets,
    right: {
      runtime: { user: "shop_runtime", host: "localhost", port: "5432", database: "shop" },
      runtimeReader: ACCOUNT,
    },
  },
  ContainerService: {
    Component: components.ContainerService,
    right: { ...RUN, connection: CONNECTION },
  },
  DatabaseSecrets: {
    Component: components.DatabaseSecrets,
    right: { migrationReader: ACCOUNT, runtimeReader: ACCOUNT },
  },
  ImageRepository: { Component: components.ImageRepository, right: { region: REGION } },
  MigrationJob: {
    Component: components.MigrationJob,
    right: { ...RUN, connection: CONNECTION, runtimeRole: "shop_runtime_role" },
  },
  PostgresDatabase: {
    Component: PostgresDatabase,
    right: { instance: "example-project:europe-west1:shared", ...USERS },
  },
  PostgresInstance: {
    Component: components.PostgresInstance,
    right: { region: REGION, privateNetwork: "network-1", ...USERS },
  },
  PrivateNetwork: { Component: components.PrivateNetwork, right: { region: REGION } },
  PrivatePool: { Component: PrivatePool, right: { region: REGION, network: "network-1" } },
  ReleasePipeline: {
    Component: components.ReleasePipeline,
    right: {
      region: REGION,
      source: SOURCE,
      serviceAccount: `projects/example-project/serviceAccounts/${ACCOUNT}`,
    },
  },
  RolesJob: {
    Component: RolesJob,
    right: {
      ...RUN,
      ...IN_NETWORK,
      connection: { ...CONNECTION, host: "10.20.0.3" },
      runtimeRole: "shop_runtime_role",
    },
  },
  ServiceAccounts: { Component: components.ServiceAccounts, right: {} },
  ServiceApis: { Component: components.ServiceApis, right: {} },
  Worker: {
    Component: Worker,
    right: { ...RUN, connection: CONNECTION, workerName: "mailer", command: ["node", "mailer.js"] },
  },
};

/** A component, or a check that no component makes of its arguments alone. */
export type Part = keyof typeof PARTS | "checkRelease" | "checkReleaseOptions";
