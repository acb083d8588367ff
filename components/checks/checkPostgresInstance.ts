import { checkDatabaseUser, USER } from "./checkDatabaseUser";
import { checkBackups } from "../core/backups";
import { checkInteger, checkOneOf } from "../core/checkText";
import { ConnectorEnforcement, Login, Preset, TlsMode } from "../core/choices";
import { checkLabels, checkProject, checkRegion } from "../core/cloudChecks";
import {
  checkDatabaseName,
  checkDatabaseVersion,
  checkDiskSize,
  checkEdition,
} from "../core/databaseChecks";
import { checkFlags } from "../core/flags";
import { checkTier } from "../core/tier";
import type { Violation } from "../core/violations";
import { backupsOf, editionOf, isHighlyAvailable } from "../database/instanceSettings";
import type { MaintenanceWindowArgs, PostgresInstanceArgs } from "../args";
import { BACKUPS, EMAIL, LABELS } from "./memberChecks";
import { flag, group, hidden, record, required, text, unchecked, type Members } from "./shape";

const MAINTENANCE_WINDOW: Members<MaintenanceWindowArgs> = { day: unchecked, hour: unchecked };

/** Which arguments there are; what they may be is checked with the defaults of the preset. */
export const POSTGRES_INSTANCE: Members<PostgresInstanceArgs> = {
  project: unchecked,
  // The pure checks take nothing for the default, and a region has none.
  region: required((value, path, { violations }) => {
    violations.push(...checkRegion(path, value ?? null));
    return value;
  }),
  namePrefix: text("a text that is not empty", /./, "empty-text"),
  labels: LABELS,
  preset: unchecked,
  version: unchecked,
  edition: unchecked,
  tier: unchecked,
  highAvailability: flag(),
  diskSizeGb: unchecked,
  diskLimitGb: unchecked,
  backups: group(BACKUPS),
  deletionProtection: flag(),
  flags: record(unchecked),
  queryInsights: flag(),
  maintenanceWindow: group(MAINTENANCE_WINDOW),
  tlsMode: unchecked,
  connectorEnforcement: unchecked,
  privateNetwork: unchecked,
  publiclyAccessible: flag(),
  databaseName: unchecked,
  login: unchecked,
  migrator: required(group(USER, hidden)),
  runtime: required(group(USER, hidden)),
  backupBefore: flag(),
  backupReader: EMAIL,
};

/** What the provider lets through at preview and Google refuses minutes later, or worse, does not. */
export function checkPostgresInstance(args: PostgresInstanceArgs): Violation[] {
  const preset = checkOneOf("preset", args.preset, Object.values(Preset));
  // Without a preset there are no defaults to check the rest with.
  if (preset.length > 0) return preset;
  return [
    ...checkProject("project", args.project),
    ...checkLabels("labels", args.labels),
    ...checkDatabaseVersion("version", args.version),
    ...checkMachine(args),
    ...checkBackups("backups", backupsOf(args), {
      highAvailability: isHighlyAvailable(args),
      edition: editionOf(args),
    }),
    ...checkFlags("flags", args.flags, args.login),
    ...checkInteger("maintenanceWindow.day", args.maintenanceWindow?.day, 1, 7),
    ...checkInteger("maintenanceWindow.hour", args.maintenanceWindow?.hour, 0, 23),
    ...checkReach(args),
    ...checkDatabaseName("databaseName", args.databaseName),
    ...checkOneOf("login", args.login, Object.values(Login)),
    ...checkDatabaseUser("migrator", args.migrator, args.login),
    ...checkDatabaseUser("runtime", args.runtime, args.login),
  ];
}

function checkMachine(args: PostgresInstanceArgs): Violation[] {
  const edition = checkEdition("edition", args.edition);
  return [
    ...edition,
    ...checkTier("", args.tier, edition.length > 0 ? undefined : args.edition),
    ...checkDiskSize("diskSizeGb", args.diskSizeGb),
    ...checkInteger("diskLimitGb", args.diskLimitGb, args.diskSizeGb ?? 10, 65536),
  ];
}

function checkReach(args: PostgresInstanceArgs): Violation[] {
  const violations = [
    ...checkOneOf("tlsMode", args.tlsMode, Object.values(TlsMode)),
    ...checkOneOf(
      "connectorEnforcement",
      args.connectorEnforcement,
      Object.values(ConnectorEnforcement),
    ),
  ];
  if (args.privateNetwork !== undefined || args.publiclyAccessible === true) return violations;
  const expected = "a network, unless publiclyAccessible is true";
  return [
    ...violations,
    { rule: "instance-address", path: "privateNetwork", expected, got: "nothing" },
  ];
}
