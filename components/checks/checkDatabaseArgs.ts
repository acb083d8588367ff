import type { MigratedServiceArgs } from "../args";
import { checkPostgresInstance } from "./checkPostgresInstance";
import { Login } from "../core/choices";
import { quote, type Violation } from "../core/violations";
import { defined } from "../defined";

/** Arguments of an instance of our own. */
const INSTANCE_ARGS = [
  "version",
  "edition",
  "tier",
  "highAvailability",
  "diskSizeGb",
  "backups",
  "flags",
  "queryInsights",
  "plainConnections",
] as const;

/** The instance's own checks, under the names that its arguments have here. */
export function checkDatabaseArgs({ preset, database = {} }: MigratedServiceArgs): Violation[] {
  if (database.existingInstance !== undefined) return checkExisting(database);
  const { version, edition, tier, highAvailability, diskSizeGb, backups, flags, login } = database;
  const user = {
    serviceAccount: "checked@elsewhere.iam.gserviceaccount.com",
    ...(login !== Login.Iam && { password: "made later" }),
  };
  const options = { version, edition, tier, highAvailability, diskSizeGb, backups, flags, login };
  return checkPostgresInstance({
    ...defined({ ...options, preset }),
    region: "europe-west1",
    privateNetwork: "made later",
    migrator: user,
    runtime: user,
  }).map((violation) => ({ ...violation, path: `database.${violation.path}` }));
}

/** What is set here would be left out silently: the instance is somebody else's. */
function checkExisting(database: NonNullable<MigratedServiceArgs["database"]>): Violation[] {
  return INSTANCE_ARGS.filter((key) => database[key] !== undefined).map((key) => ({
    rule: "existing-instance-setting",
    path: `database.${key}`,
    expected: "nothing with database.existingInstance",
    got: key === "backups" || key === "flags" ? "settings" : quote(database[key]),
    remedy: "set it where the instance is made",
  }));
}
