import type { ReleaseOptions } from "./options";

const secretVersion = (id: string): string => `projects/example-project/secrets/${id}/versions/1`;

/**
 * The article's pipeline in our terms: Alembic out of the just-built image, five `POSTGRES_*`
 * secrets, an empty build argument, traffic with the deployment.
 */
export const seedReleaseOptions: ReleaseOptions = {
  region: "us-central1",
  service: "davidmuraya",
  image: "us-central1-docker.pkg.dev/example-project/davidmuraya/davidmuraya",
  serviceAccount:
    "projects/example-project/serviceAccounts/davidmuraya-build@example-project.iam.gserviceaccount.com",
  build: {
    dockerfile: "Dockerfile",
    context: ".",
    buildArgs: { VITE_BACKEND_HOST: "" },
    machineType: null,
    workingDirectory: "/app",
  },
  migrationImage: null,
  migration: {
    runs: "Command",
    command: ["alembic", "upgrade", "head"],
    environment: {
      names: {
        host: "POSTGRES_HOST",
        port: "POSTGRES_PORT",
        user: "POSTGRES_USER",
        password: "POSTGRES_PASSWORD",
        database: "POSTGRES_DATABASE_NAME",
      },
      secretVersions: {
        host: secretVersion("POSTGRES_HOST"),
        port: secretVersion("POSTGRES_PORT"),
        user: secretVersion("POSTGRES_USER"),
        database: secretVersion("POSTGRES_DATABASE_NAME"),
      },
    },
    ownerRole: "app_owner",
    runtimeRole: "davidmuraya_runtime",
    extensions: [],
    lockTimeout: "5s",
    statementTimeout: "15min",
    secrets: {},
  },
  reach: {
    connectivity: "BuildStep",
    instanceConnectionName: "example-project:us-central1:davidmuraya",
    impersonate: "davidmuraya-migrator@example-project.iam.gserviceaccount.com",
    database: "davidmuraya",
    login: {
      auth: "Password",
      user: "davidmuraya_migrator",
      passwordVersion: secretVersion("POSTGRES_PASSWORD"),
    },
  },
  promotion: { promotion: "Immediately" },
  workers: [],
  timeouts: {
    guardSeconds: 1800,
    buildSeconds: 1800,
    migrationSeconds: 1200,
    verifyRevisionSeconds: 600,
    queueSeconds: 3600,
  },
};
