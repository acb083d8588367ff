import { describe, expect, it } from "vitest";

import {
  checkInstanceFit,
  type InstanceFacts,
  type InstanceNeeds,
} from "../../components/core/instanceFit";
import { formatViolation } from "../../components/core/violations";

const TARGET = { project: "my-project", region: "europe-west1", instance: "main" };

const FACTS: InstanceFacts = {
  connectionName: "my-project:europe-west1:main",
  databaseVersion: "POSTGRES_17",
  instanceType: "CLOUD_SQL_INSTANCE",
  privateIpAddress: "10.1.0.3",
  publicIpAddress: "203.0.113.7",
  privateNetwork: "projects/my-project/global/networks/main",
  sslMode: "ENCRYPTED_ONLY",
  connectorEnforcement: "NOT_REQUIRED",
  flags: { "cloudsql.iam_authentication": "on" },
};

/** The instance that almost nobody gets into. */
const CLOSED: InstanceFacts = {
  ...FACTS,
  privateIpAddress: "",
  publicIpAddress: "",
  privateNetwork: "",
  sslMode: "TRUSTED_CLIENT_CERTIFICATE_REQUIRED",
  connectorEnforcement: "REQUIRED",
  flags: {},
};

const NOTHING: InstanceNeeds = {
  login: "Password",
  privateAddress: false,
  publicAddress: false,
  plainConnections: false,
};

const EVERYTHING: InstanceNeeds = {
  login: "Iam",
  privateAddress: true,
  publicAddress: true,
  plainConnections: true,
};

function messages(facts: InstanceFacts, needs: InstanceNeeds): string[] {
  return checkInstanceFit("instance", TARGET, facts, needs).map(formatViolation);
}

describe("checkInstanceFit", () => {
  it("takes an instance that has all that is needed, and one of which nothing is needed", () => {
    expect(messages(FACTS, EVERYTHING)).toEqual([]);
    expect(messages(CLOSED, NOTHING)).toEqual([]);
  });

  /** What the next `up` of another environment, which owns the instance, would take back. */
  const owner = (setting: string) =>
    `; where a MigratedService owns the instance, set ${setting} instead, for its next up would take that back`;
  const flag = owner('"cloudsql.iam_authentication": "on" in its database.flags');
  const plain = owner("its database.plainConnections to true");

  const patch = "run gcloud sql instances patch main --project=my-project";

  it.each<[string, Partial<InstanceFacts>, Partial<InstanceNeeds>, string]>([
    [
      "IAM login without the flag",
      {},
      { login: "Iam" },
      `instance: expected flag cloudsql.iam_authentication on with login Iam, got no such flag; ${patch} --database-flags=cloudsql.iam_authentication=on${flag}`,
    ],
    [
      "IAM login with the flag off",
      { flags: { "cloudsql.iam_authentication": "off" } },
      { login: "Iam" },
      `instance: expected flag cloudsql.iam_authentication on with login Iam, got "off"; ${patch} --database-flags=cloudsql.iam_authentication=on${flag}`,
    ],
    [
      "no private address",
      {},
      { privateAddress: true },
      `instance: expected an instance with a private address, got one without; ${patch} --network=NETWORK, where NETWORK is the service's and has private services access`,
    ],
    [
      "no public address",
      {},
      { publicAddress: true },
      `instance: expected an instance with a public address, got one without; ${patch} --assign-ip${owner("its network.publicIp to true")}`,
    ],
    [
      "client certificates",
      { connectorEnforcement: "NOT_REQUIRED" },
      { plainConnections: true },
      `instance: expected TLS mode ENCRYPTED_ONLY for connections without Google's connector, got "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"; ${patch} --ssl-mode=ENCRYPTED_ONLY${plain}`,
    ],
    [
      "connectors only",
      { sslMode: "ENCRYPTED_ONLY" },
      { plainConnections: true },
      `instance: expected connector enforcement NOT_REQUIRED for connections without Google's connector, got "REQUIRED"; ${patch} --connector-enforcement=NOT_REQUIRED${plain}`,
    ],
    [
      "another region",
      { connectionName: "my-project:europe-west4:main" },
      {},
      'instance: expected region europe-west4, where the instance is, got "my-project:europe-west1:main"; write my-project:europe-west4:main',
    ],
    [
      "a replica",
      { instanceType: "READ_REPLICA_INSTANCE" },
      EVERYTHING,
      'instance: expected an instance that can be written to, got "READ_REPLICA_INSTANCE"; take the one that main copies',
    ],
    [
      "another database",
      { databaseVersion: "MYSQL_8_4" },
      EVERYTHING,
      'instance: expected an instance of PostgreSQL, got "MYSQL_8_4"',
    ],
  ])("refuses %s, and only that", (_, facts, needs, message) => {
    expect(messages({ ...CLOSED, ...facts }, { ...NOTHING, ...needs })).toEqual([message]);
  });

  it.each<[string | undefined, string, boolean]>([
    [
      "projects/my-project/global/networks/main",
      "https://compute.googleapis.com/compute/v1/projects/my-project/global/networks/main",
      true,
    ],
    [
      "https://www.googleapis.com/compute/v1/projects/my-project/global/networks/main",
      "projects/my-project/global/networks/main",
      true,
    ],
    ["projects/my-project/global/networks/main", "projects/123456/global/networks/main", true],
    ["projects/my-project/global/networks/main", "projects/123456/global/networks/other", false],
    [
      "projects/my-project/global/networks/main",
      "projects/my-project/global/networks/other",
      false,
    ],
    [
      "projects/my-project/global/networks/main",
      "projects/other-project/global/networks/main",
      false,
    ],
    ["projects/123456/global/networks/main", "projects/1234567/global/networks/main", false],
    // A test's mocks, or an instance that Google describes in a way of its own.
    ["projects/my-project/global/networks/main", "", true],
    ["network-1", "projects/my-project/global/networks/main", true],
    [undefined, "projects/my-project/global/networks/main", true],
  ])("from network %s, an instance in %s fits: %s", (network, privateNetwork, fits) => {
    const facts = { ...FACTS, privateNetwork };
    const message = `instance: expected an instance in the service's network, got one in "${privateNetwork}"; give network.network and network.subnetwork of that network`;
    expect(messages(facts, { ...EVERYTHING, network })).toEqual(fits ? [] : [message]);
    expect(messages(facts, { ...EVERYTHING, network, privateAddress: false })).toEqual([]);
  });

  it("says all at once, each under a rule of its own", () => {
    const violations = checkInstanceFit(
      "instance",
      TARGET,
      { ...CLOSED, connectionName: "my-project:europe-west4:main" },
      EVERYTHING,
    );
    expect(violations.map(({ rule }) => rule)).toEqual([
      "existing-instance-region",
      "existing-instance-iam-login",
      "existing-instance-private-address",
      "existing-instance-public-address",
      "existing-instance-tls-mode",
      "existing-instance-connector-enforcement",
    ]);
  });

  it.each<[string, Record<string, string>, string]>([
    [
      "as they are",
      { work_mem: "65536", log_statement: "ddl" },
      "--database-flags=cloudsql.iam_authentication=on,log_statement=ddl,work_mem=65536",
    ],
    [
      "with another delimiter where a value has a comma",
      { "pgaudit.log": "ddl,write" },
      "--database-flags='^;^cloudsql.iam_authentication=on;pgaudit.log=ddl,write'",
    ],
    [
      "safe from the shell",
      { log_line_prefix: "%t 'x' $HOME" },
      "--database-flags='cloudsql.iam_authentication=on,log_line_prefix=%t '\\''x'\\'' $HOME'",
    ],
  ])("keeps the instance's other flags, %s: gcloud would reset them", (_, flags, option) => {
    const [message] = messages({ ...FACTS, flags }, { ...NOTHING, login: "Iam" });
    expect(message?.endsWith(`${patch} ${option}${flag}`)).toBe(true);
  });
});
