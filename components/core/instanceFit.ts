import { Login } from "./choices";
import { mayBeSameNetwork } from "./networkPath";
import { quote, type Violation } from "./violations";
import type { ConnectionName } from "./parseConnectionName";

/** What those who connect need of an instance that somebody else made. */
export interface InstanceNeeds {
  login: Login;
  privateAddress: boolean;
  publicAddress: boolean;
  /** ID or self link of the network that the private address is reached from; left out where nobody says. */
  network?: string | undefined;
  /** Somebody connects by TCP without Google's connector, so without a client certificate. */
  plainConnections: boolean;
}

/** The instance as it is; addresses that it does not have are empty. */
export interface InstanceFacts {
  connectionName: string;
  databaseVersion: string;
  instanceType: string;
  privateIpAddress: string;
  publicIpAddress: string;
  /** ID of the network of the private address. */
  privateNetwork: string;
  sslMode: string;
  connectorEnforcement: string;
  flags: Readonly<Record<string, string>>;
}

const IAM_FLAG = "cloudsql.iam_authentication";
const STRICT_TLS = "TRUSTED_CLIENT_CERTIFICATE_REQUIRED";

/** Checks that an instance takes everybody who must connect. Each remedy says what to run. */
export function checkInstanceFit(
  path: string,
  target: ConnectionName,
  facts: InstanceFacts,
  needs: InstanceNeeds,
): Violation[] {
  const kind = checkKind(path, target, facts);
  // Of another database, or a copy that cannot be written to, nothing else matters.
  if (kind.length > 0) return kind;
  return [
    ...checkName(path, target, facts),
    ...checkLogin(path, target, facts, needs),
    ...checkAddresses(path, target, facts, needs),
    ...checkNetwork(path, facts, needs),
    ...(needs.plainConnections ? checkPlain(path, target, facts) : []),
  ];
}

function checkKind(
  path: string,
  { instance }: ConnectionName,
  { databaseVersion, instanceType }: InstanceFacts,
): Violation[] {
  if (!databaseVersion.startsWith("POSTGRES_")) {
    return [
      {
        rule: "existing-instance-postgres",
        path,
        expected: "an instance of PostgreSQL",
        got: quote(databaseVersion),
      },
    ];
  }
  if (!/REPLICA|READ_POOL/.test(instanceType)) return [];
  return [
    {
      rule: "existing-instance-primary",
      path,
      expected: "an instance that can be written to",
      got: quote(instanceType),
      remedy: `take the one that ${instance} copies`,
    },
  ];
}

/** The API finds an instance without its region; connectors do not. */
function checkName(
  path: string,
  { project, region, instance }: ConnectionName,
  { connectionName }: InstanceFacts,
): Violation[] {
  const got = `${project}:${region}:${instance}`;
  // Google may say a project in another spelling, so only the region counts.
  const actual = connectionName.split(":").at(-2);
  if (actual === undefined || actual === region) return [];
  return [
    {
      rule: "existing-instance-region",
      path,
      expected: `region ${actual}, where the instance is`,
      got: quote(got),
      remedy: `write ${project}:${actual}:${instance}`,
    },
  ];
}

function checkLogin(
  path: string,
  target: ConnectionName,
  { flags }: InstanceFacts,
  { login }: InstanceNeeds,
): Violation[] {
  if (login !== Login.Iam || flags[IAM_FLAG] === "on") return [];
  return [
    {
      rule: "existing-instance-iam-login",
      path,
      expected: `flag ${IAM_FLAG} on with login Iam`,
      got: flags[IAM_FLAG] === undefined ? "no such flag" : quote(flags[IAM_FLAG]),
      // gcloud replaces all flags at once: one that is left out here would be reset.
      remedy: patch(
        target,
        `--database-flags=${flagList({ ...flags, [IAM_FLAG]: "on" })}`,
        `"${IAM_FLAG}": "on" in its database.flags`,
      ),
    },
  ];
}

function checkAddresses(
  path: string,
  target: ConnectionName,
  { privateIpAddress, publicIpAddress }: InstanceFacts,
  { privateAddress, publicAddress }: InstanceNeeds,
): Violation[] {
  const violations: Violation[] = [];
  if (privateAddress && privateIpAddress === "") {
    violations.push({
      rule: "existing-instance-private-address",
      path,
      expected: "an instance with a private address",
      got: "one without",
      remedy: `run ${gcloudPatch(target, "--network=NETWORK")}, where NETWORK is the service's and has private services access`,
    });
  }
  if (publicAddress && publicIpAddress === "") {
    violations.push({
      rule: "existing-instance-public-address",
      path,
      expected: "an instance with a public address",
      got: "one without",
      remedy: patch(target, "--assign-ip", "its network.publicIp to true"),
    });
  }
  return violations;
}

/** A private address leads nowhere from another network, and nobody would say so but a timeout. */
function checkNetwork(
  path: string,
  { privateIpAddress, privateNetwork }: InstanceFacts,
  { privateAddress, network }: InstanceNeeds,
): Violation[] {
  if (!privateAddress || privateIpAddress === "" || privateNetwork === "") return [];
  if (network === undefined || mayBeSameNetwork(network, privateNetwork)) return [];
  return [
    {
      rule: "existing-instance-other-network",
      path,
      expected: "an instance in the service's network",
      got: `one in ${quote(privateNetwork)}`,
      remedy: "give network.network and network.subnetwork of that network",
    },
  ];
}

function checkPlain(
  path: string,
  target: ConnectionName,
  { sslMode, connectorEnforcement }: InstanceFacts,
): Violation[] {
  const violations: Violation[] = [];
  if (sslMode === STRICT_TLS) {
    violations.push({
      rule: "existing-instance-tls-mode",
      path,
      expected: "TLS mode ENCRYPTED_ONLY for connections without Google's connector",
      got: quote(sslMode),
      remedy: patch(target, "--ssl-mode=ENCRYPTED_ONLY", PLAIN),
    });
  }
  if (connectorEnforcement === "REQUIRED") {
    violations.push({
      rule: "existing-instance-connector-enforcement",
      path,
      expected: "connector enforcement NOT_REQUIRED for connections without Google's connector",
      got: quote(connectorEnforcement),
      remedy: patch(target, "--connector-enforcement=NOT_REQUIRED", PLAIN),
    });
  }
  return violations;
}

/** What the owner of the instance sets, when that is a `MigratedService`. */
const PLAIN = "its database.plainConnections to true";

/** The next `up` of whoever owns the instance takes back what it was not told. */
function patch(target: ConnectionName, change: string, setting: string): string {
  return `run ${gcloudPatch(target, change)}; where a MigratedService owns the instance, set ${setting} instead, for its next up would take that back`;
}

function gcloudPatch({ project, instance }: ConnectionName, change: string): string {
  return `gcloud sql instances patch ${instance} --project=${project} ${change}`;
}

/** As gcloud reads it, and a shell. A value with a comma, `ddl,write`, needs another delimiter. */
function flagList(flags: Readonly<Record<string, string>>): string {
  const entries = Object.entries(flags).map(([name, value]) => `${name}=${value}`);
  const hasComma = entries.some((entry) => entry.includes(","));
  const list = entries.sort().join(hasComma ? ";" : ",");
  const text = hasComma ? `^;^${list}` : list;
  return /^[\w.,=:/-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
