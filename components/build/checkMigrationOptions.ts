import { quote, type Violation } from "../core/violations";
import {
  checkProgram,
  fits,
  RELATIVE_PATH,
  SECRET_VERSION,
  type TextRule,
  VARIABLE,
} from "./optionRules";
import type { BackupTarget, CommandMigration, Migration, ReleaseOptions } from "./options";
import { migrationSteps, releaseSecrets } from "./reach";

const ROLE: TextRule = {
  pattern: /^[^\p{Cc}]{1,63}$/u,
  expected: "a role's name",
  rule: "release-role",
};

const duration = (example: string): TextRule => ({
  pattern: /^\d+(?:us|ms|s|min|h|d)?$/,
  expected: `a duration, \`${example}\``,
  rule: "release-duration",
});

const EXTENSION: TextRule = {
  pattern: /^[a-z][a-z0-9_-]{0,62}$/,
  expected: "an extension's name",
  rule: "release-extension",
};

const BACKUP_PROJECT: TextRule = {
  pattern: /^[a-z0-9][a-z0-9.:-]*$/,
  expected: "a project",
  rule: "release-backup-project",
};

const BACKUP_INSTANCE: TextRule = {
  pattern: /^[a-z][a-z0-9-]*$/,
  expected: "an instance's name",
  rule: "release-backup-instance",
};

/** Checks what migrates, and what it is given. */
export function checkMigrationOptions(options: ReleaseOptions): Violation[] {
  const { migration } = options;
  const path = "migration";
  return [
    ...checkRoles(path, migration),
    ...(migration.runs === "Command"
      ? checkCommand(path, migration)
      : [
          ...fits(`${path}.directory`, migration.directory, RELATIVE_PATH),
          ...fits(`${path}.lockWait`, migration.lockWait, duration("10min")),
          ...checkBackup(`${path}.backup`, migration.backup),
        ]),
    ...checkSecretVersions(`${path}.secrets`, migration.secrets),
    ...checkSecretNames(options),
  ];
}

function checkRoles(path: string, migration: Migration): Violation[] {
  const { ownerRole, runtimeRole } = migration;
  return [
    ...fits(`${path}.ownerRole`, ownerRole, ROLE),
    ...fits(`${path}.runtimeRole`, runtimeRole, ROLE),
    ...fits(`${path}.lockTimeout`, migration.lockTimeout, duration("5s")),
    ...fits(`${path}.statementTimeout`, migration.statementTimeout, duration("15min")),
    ...migration.extensions.flatMap((name, index) =>
      fits(`${path}.extensions[${index}]`, name, EXTENSION),
    ),
    ...(ownerRole === runtimeRole
      ? [
          {
            path: `${path}.runtimeRole`,
            expected: "another role than the owner",
            got: quote(runtimeRole),
            rule: "release-runtime-role-is-owner" as const,
          },
        ]
      : []),
  ];
}

function checkBackup(path: string, backup: BackupTarget | null): Violation[] {
  if (backup === null) return [];
  return [
    ...fits(`${path}.project`, backup.project, BACKUP_PROJECT),
    ...fits(`${path}.instance`, backup.instance, BACKUP_INSTANCE),
  ];
}

function checkCommand(path: string, { command, environment }: CommandMigration): Violation[] {
  const violations = checkProgram(`${path}.command`, command);
  const taken = new Set(["BUILD_ID", "COMMIT_SHA", "PGOPTIONS"]);
  // The steps that prepare and verify roles get the password by this name.
  const foreign = (part: string, name: string): boolean =>
    part !== "password" && name === "PGPASSWORD";
  for (const [part, name] of Object.entries(environment.names)) {
    if (!VARIABLE.test(name) || taken.has(name) || foreign(part, name)) {
      violations.push({
        path: `${path}.environment.names.${part}`,
        expected: UNUSED_VARIABLE,
        got: quote(name),
        rule: "release-connection-variable",
      });
    }
    taken.add(name);
  }
  const versions = environment.secretVersions ?? {};
  return [...violations, ...checkSecretVersions(`${path}.environment.secretVersions`, versions)];
}

const UNUSED_VARIABLE = "the name of a variable that nothing else uses";

function checkSecretVersions(path: string, versions: Record<string, string>): Violation[] {
  return Object.entries(versions).flatMap(([name, version]) =>
    fits(`${path}.${name}`, version, SECRET_VERSION),
  );
}

// What else the step is given is read off the step itself, as it would be without the secrets.
function checkSecretNames(options: ReleaseOptions): Violation[] {
  const plain = { ...options, migration: { ...options.migration, secrets: {} } };
  const steps = migrationSteps(plain).filter(({ id }) => id === "migrate");
  const taken = new Set([
    ...steps.flatMap(({ env = [] }) => env.map((line) => line.replace(/=[\s\S]*$/, ""))),
    ...releaseSecrets(plain).map(({ env }) => env),
  ]);
  return Object.keys(options.migration.secrets)
    .filter((name) => !VARIABLE.test(name) || taken.has(name))
    .map((name): Violation => ({
      path: `migration.secrets.${name}`,
      expected: UNUSED_VARIABLE,
      got: quote(name),
      rule: "release-secret-variable",
    }));
}
