import type { MigratedServiceArgs } from "../../../components";
import { SEED_ARGS } from "../../../inventory/seedArgs";

const COMMAND = ["alembic", "upgrade", "head"];

/** Arguments of a `MigratedService` that migrates with Alembic. */
export const ARGS: MigratedServiceArgs = {
  region: "europe-west1",
  preset: "Development",
  source: {
    repository:
      "projects/example-project/locations/europe-west1/connections/github/repositories/shop",
  },
  migration: { command: COMMAND },
  service: { startupPath: "/health" },
};

/** The same by another way to the database. */
export function by(connectivity: "CloudRunJob" | "BuildStep" | "PrivatePool"): MigratedServiceArgs {
  return {
    ...ARGS,
    migration: { connectivity, command: COMMAND },
    ...(connectivity === "BuildStep" && { network: { publicIp: true } }),
  };
}

/** The article's own: five `POSTGRES_*` secrets, traffic at once. */
export const SEED: MigratedServiceArgs = { ...SEED_ARGS, preset: "Development" };
