import type { MigratedServiceArgs } from "../components";

/** Name of the article's service. */
export const SEED_NAME = "davidmuraya";

/**
 * The article's pipeline: Alembic out of the just-built image, all five connection variables from
 * Secret Manager, an empty build argument, traffic at once. What it sets by `--set-env-vars` at
 * each deployment is an argument here.
 */
export const SEED_ARGS: MigratedServiceArgs = {
  region: "us-central1",
  source: {
    repository:
      "projects/example-project/locations/us-central1/connections/github/repositories/davidmuraya",
  },
  build: { buildArgs: { VITE_BACKEND_HOST: "" } },
  database: {
    login: "Password",
    environmentNames: {
      user: "POSTGRES_USER",
      password: "POSTGRES_PASSWORD",
      host: "POSTGRES_HOST",
      port: "POSTGRES_PORT",
      database: "POSTGRES_DATABASE_NAME",
    },
    environmentAsSecrets: true,
  },
  network: { publicIp: true },
  migration: { connectivity: "BuildStep", command: ["alembic", "upgrade", "head"] },
  service: { env: { ENVIRONMENT: "PRODUCTION" } },
  release: { promotion: "Immediately" },
};
