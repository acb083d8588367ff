import type { MigratedServiceArgs } from "../../../components";

/** The smallest arguments there are; with them nothing is protected. */
export const DEVELOPMENT: MigratedServiceArgs = {
  region: "europe-west1",
  preset: "Development",
  source: {
    repository:
      "projects/example-project/locations/europe-west1/connections/github/repositories/shop",
  },
};

/** The smallest arguments there are, with the defaults that protect. */
export const PRODUCTION: MigratedServiceArgs = { ...DEVELOPMENT, preset: "Production" };
