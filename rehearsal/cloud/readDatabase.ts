import type { Instance } from "./instance";
import { type Properties, list, properties, strings, text } from "./properties";

/** How the environment's instance can be reached; null when it has none of its own. */
export function readInstance(instances: readonly Properties[]): Instance | null {
  const [instance] = instances;
  if (instance === undefined) return null;
  const settings = properties(instance.settings);
  const addresses = properties(settings.ipConfiguration);
  const privateAddresses = [text(instance.privateIpAddress)].filter((address) => address !== "");
  const publicAddresses = [text(instance.publicIpAddress)].filter((address) => address !== "");
  return {
    isKnown: true,
    isPrivate: text(addresses.privateNetwork) !== "",
    // Cloud SQL's own default is a public address.
    isPublic: addresses.ipv4Enabled !== false,
    privateAddresses,
    publicAddresses,
    isOpenToAll: list(addresses.authorizedNetworks).some(
      ({ value }) => text(value) === "0.0.0.0/0",
    ),
    tlsMode: text(addresses.sslMode) || "ALLOW_UNENCRYPTED_AND_ENCRYPTED",
    requiresConnector: text(settings.connectorEnforcement) === "REQUIRED",
  };
}

/** Private pools by full name; true for those that are peered with a network. */
export function readPools(pools: readonly Properties[]): Map<string, boolean> {
  return new Map(
    pools.map((pool) => [
      `projects/${text(pool.project)}/locations/${text(pool.location)}/workerPools/${text(pool.name)}`,
      text(properties(pool.networkConfig).peeredNetwork) !== "",
    ]),
  );
}

const BACKUP_PERMISSIONS = ["cloudsql.backupRuns.create", "cloudsql.backupRuns.get"];

// https://cloud.google.com/sql/docs/postgres/iam-roles
const BACKUP_ROLES = [
  "roles/cloudsql.admin",
  "roles/cloudsql.editor",
  "roles/owner",
  "roles/editor",
];

/** Whether a project's grant has what a backup needs, by a custom role or one of Google's. */
export function mayBackUp(roles: readonly Properties[], members: readonly Properties[]): boolean {
  const custom = roles
    .filter(({ permissions }) =>
      BACKUP_PERMISSIONS.every((permission) => strings(permissions).includes(permission)),
    )
    .map(({ roleId }) => text(roleId));
  return members.some(({ role }) => {
    const name = text(role);
    return BACKUP_ROLES.includes(name) || custom.includes(name.replace(/^.*\/roles\//, ""));
  });
}
