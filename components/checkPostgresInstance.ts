import { checkBackups } from "./core/backups";
import { checkInteger, checkOneOf } from "./core/checkText";
import { ConnectorEnforcement, Login, Preset, TlsMode } from "./core/choices";
import { checkLabels, checkProject, checkRegion } from "./core/cloudChecks";
import {
  checkDatabaseName,
  checkDatabaseUserName,
  checkDatabaseVersion,
  checkDiskSize,
  checkEdition,
  checkIamUserName,
} from "./core/databaseChecks";
import { checkFlags } from "./core/flags";
import { checkTier } from "./core/tier";
import type { Violation } from "./core/violations";
import { backupsOf, editionOf, isHighlyAvailable } from "./instanceSettings";
import type { DatabaseUserArgs, MaintenanceWindowArgs, PostgresInstanceArgs } from "./args";
import { BACKUPS, LABELS, NAME } from "./memberChecks";
import { flag, group, hidden, record, required, text, unchecked, type Members } from "./shape";

const MAINTENANCE_WINDOW: Members<MaintenanceWindowArgs> = { day: unchecked, hour: unchecked };

const USER: Members<DatabaseUserArgs> = {
  serviceAccount: required(NAME),
  password: unchecked,
  name: unchecked,
};

/** Which arguments there are; what they may be is checked with the defaults of the preset. */
export const POSTGRES_INSTANCE: Members<PostgresInstanceArgs> = {
  project: unchecked,
  // The pure checks take nothing for the default, and a region has none.
  region: required((value, path, { violations }) => {
    violations.push(...checkRegion(path, value ?? null));
    return value;
  }),
  namePrefix: text("a text that is not empty", /./),
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
    ...checkUser("migrator", args.migrator, args.login),
    ...checkUser("runtime", args.runtime, args.login),
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
  return [...violations, { path: "privateNetwork", expected, got: "nothing" }];
}

function checkUser(
  path: string,
  user: DatabaseUserArgs | undefined,
  login: Login | undefined,
): Violation[] {
  if (user === undefined) return [];
  if (login === Login.Iam) {
    const passwords: Violation[] =
      user.password === undefined
        ? []
        : [{ path: `${path}.password`, expected: "none with login Iam", got: "[secret]" }];
    const names: Violation[] =
      user.name === undefined
        ? []
        : [
            {
              path: `${path}.name`,
              expected: "none with login Iam, whose users are named by Google",
              got: user.name,
            },
          ];
    return [
      ...checkIamUserName(`${path}.serviceAccount`, user.serviceAccount),
      ...passwords,
      ...names,
    ];
  }
  const passwords: Violation[] =
    user.password === undefined
      ? [{ path: `${path}.password`, expected: "a password with login Password", got: "nothing" }]
      : [];
  return [...checkDatabaseUserName(`${path}.name`, user.name), ...passwords];
}
