import type { BadArgs } from "./types";

const EXISTING = "example-project:europe-west1:shared";
const NETWORK = {
  network: "projects/example-project/global/networks/n",
  subnetwork: "projects/example-project/regions/europe-west1/subnetworks/s",
};
const IN_NETWORK = { network: NETWORK, database: { existingInstance: EXISTING } };

/** An instance as Google describes it; what is not said fits. */
function instance(
  facts: object,
  settings: object = {},
  flags: object[] = [],
): NonNullable<BadArgs["cloud"]> {
  return (token) =>
    token.startsWith("gcp:sql/getDatabaseInstance:")
      ? {
          connectionName: EXISTING,
          databaseVersion: "POSTGRES_17",
          instanceType: "CLOUD_SQL_INSTANCE",
          privateIpAddress: "10.20.0.3",
          publicIpAddress: "203.0.113.3",
          ...facts,
          settings: [
            {
              connectorEnforcement: "NOT_REQUIRED",
              ipConfigurations: [{ sslMode: "ENCRYPTED_ONLY" }],
              databaseFlags: flags,
              ...settings,
            },
          ],
        }
      : {};
}

function noInstance(token: string): never | Record<string, unknown> {
  if (!token.startsWith("gcp:sql/getDatabaseInstance:")) return {};
  throw new Error("Error 404: The Cloud SQL instance does not exist., instanceDoesNotExist");
}

/** An instance that somebody else made. */
export const EXISTING_INSTANCE: BadArgs[] = [
  {
    what: "an instance's name",
    args: { network: NETWORK, database: { existingInstance: "shared" } },
    refused: [
      [
        "connection-name",
        "database.existingInstance: expected {project}:{region}:{instance}, such as my-project:europe-west1:main, got \"shared\"; gcloud sql instances describe INSTANCE --format='value(connectionName)' prints it",
      ],
    ],
  },
  {
    what: "the address of a database, whose password nobody shows",
    args: { network: NETWORK, database: { existingInstance: "postgres://shop:s3cret@db/shop" } },
    refused: [
      [
        "connection-name",
        "database.existingInstance: expected {project}:{region}:{instance}, such as my-project:europe-west1:main, got [secret]; gcloud sql instances describe INSTANCE --format='value(connectionName)' prints it",
      ],
    ],
  },
  {
    what: "connections that an existing instance should take",
    args: { network: NETWORK, database: { existingInstance: EXISTING, plainConnections: true } },
    refused: [
      [
        "existing-instance-setting",
        "database.plainConnections: expected nothing with database.existingInstance, got true; set it where the instance is made",
      ],
    ],
  },
  {
    what: "an instance in another network",
    args: IN_NETWORK,
    cloud: instance(
      {},
      {
        ipConfigurations: [
          {
            sslMode: "ENCRYPTED_ONLY",
            privateNetwork: "projects/example-project/global/networks/other",
          },
        ],
      },
    ),
    refused: [
      [
        "existing-instance-other-network",
        'instance example-project:europe-west1:shared: expected an instance in the service\'s network, got one in "projects/example-project/global/networks/other"; give network.network and network.subnetwork of that network',
      ],
    ],
  },
  {
    what: "a setting of an existing instance",
    args: { network: NETWORK, database: { existingInstance: EXISTING, tier: "db-f1-micro" } },
    refused: [
      [
        "existing-instance-setting",
        'database.tier: expected nothing with database.existingInstance, got "db-f1-micro"; set it where the instance is made',
      ],
    ],
  },
  {
    what: "backups of an existing instance",
    args: {
      network: NETWORK,
      database: { existingInstance: EXISTING, backups: { enabled: false } },
    },
    refused: [
      [
        "existing-instance-setting",
        "database.backups: expected nothing with database.existingInstance, got settings; set it where the instance is made",
      ],
    ],
  },
  {
    what: "a public address of an existing instance",
    args: { network: { ...NETWORK, publicIp: true }, database: { existingInstance: EXISTING } },
    refused: [
      [
        "existing-instance-setting",
        "network.publicIp: expected nothing with database.existingInstance, got true; set it where the instance is made",
      ],
    ],
  },
  {
    what: "an existing instance without its network",
    args: { database: { existingInstance: EXISTING } },
    refused: [
      [
        "existing-instance-network",
        "network.network: expected the network of database.existingInstance, with a subnet of it, got nothing; give network.network and network.subnetwork; or take connectivity BuildStep for an instance with a public address only",
      ],
    ],
  },
  {
    what: "an existing instance that is not there",
    args: IN_NETWORK,
    cloud: noInstance,
    refused: [
      [
        "existing-instance-missing",
        "instance example-project:europe-west1:shared: expected an instance that is there, got none; run gcloud sql instances list --project=example-project --format='value(connectionName)'",
      ],
    ],
  },
  {
    what: "an instance of MySQL",
    args: IN_NETWORK,
    cloud: instance({ databaseVersion: "MYSQL_8_0" }),
    refused: [
      [
        "existing-instance-postgres",
        'instance example-project:europe-west1:shared: expected an instance of PostgreSQL, got "MYSQL_8_0"',
      ],
    ],
  },
  {
    what: "a copy of an instance",
    args: IN_NETWORK,
    cloud: instance({ instanceType: "READ_REPLICA_INSTANCE" }),
    refused: [
      [
        "existing-instance-primary",
        'instance example-project:europe-west1:shared: expected an instance that can be written to, got "READ_REPLICA_INSTANCE"; take the one that shared copies',
      ],
    ],
  },
  {
    what: "an instance of another region",
    args: IN_NETWORK,
    cloud: instance({ connectionName: "example-project:us-east1:shared" }),
    refused: [
      [
        "existing-instance-region",
        'instance example-project:europe-west1:shared: expected region us-east1, where the instance is, got "example-project:europe-west1:shared"; write example-project:us-east1:shared',
      ],
    ],
  },
  {
    what: "an instance without IAM login",
    args: { network: NETWORK, database: { existingInstance: EXISTING, login: "Iam" } },
    cloud: instance({}),
    refused: [
      [
        "existing-instance-iam-login",
        'instance example-project:europe-west1:shared: expected flag cloudsql.iam_authentication on with login Iam, got no such flag; run gcloud sql instances patch shared --project=example-project --database-flags=cloudsql.iam_authentication=on; where a MigratedService owns the instance, set "cloudsql.iam_authentication": "on" in its database.flags instead, for its next up would take that back',
      ],
    ],
  },
  {
    what: "an instance with IAM login off, and a flag with a comma",
    args: { network: NETWORK, database: { existingInstance: EXISTING, login: "Iam" } },
    cloud: instance({}, {}, [
      { name: "cloudsql.iam_authentication", value: "off" },
      { name: "pgaudit.log", value: "ddl,write" },
    ]),
    refused: [
      [
        "existing-instance-iam-login",
        'instance example-project:europe-west1:shared: expected flag cloudsql.iam_authentication on with login Iam, got "off"; run gcloud sql instances patch shared --project=example-project --database-flags=\'^;^cloudsql.iam_authentication=on;pgaudit.log=ddl,write\'; where a MigratedService owns the instance, set "cloudsql.iam_authentication": "on" in its database.flags instead, for its next up would take that back',
      ],
    ],
  },
  {
    what: "an instance without a private address",
    args: IN_NETWORK,
    cloud: instance({ privateIpAddress: "" }),
    refused: [
      [
        "existing-instance-private-address",
        "instance example-project:europe-west1:shared: expected an instance with a private address, got one without; run gcloud sql instances patch shared --project=example-project --network=NETWORK, where NETWORK is the service's and has private services access",
      ],
    ],
  },
  {
    what: "an instance without a public address",
    args: { migration: { connectivity: "BuildStep" }, database: { existingInstance: EXISTING } },
    cloud: instance({ publicIpAddress: "" }),
    refused: [
      [
        "existing-instance-public-address",
        "instance example-project:europe-west1:shared: expected an instance with a public address, got one without; run gcloud sql instances patch shared --project=example-project --assign-ip; where a MigratedService owns the instance, set its network.publicIp to true instead, for its next up would take that back",
      ],
    ],
  },
  {
    what: "an instance that wants client certificates of a direct service",
    args: { ...IN_NETWORK, service: { databaseAccess: "Direct" } },
    cloud: instance({}, { ipConfigurations: [{ sslMode: "TRUSTED_CLIENT_CERTIFICATE_REQUIRED" }] }),
    refused: [
      [
        "existing-instance-tls-mode",
        'instance example-project:europe-west1:shared: expected TLS mode ENCRYPTED_ONLY for connections without Google\'s connector, got "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"; run gcloud sql instances patch shared --project=example-project --ssl-mode=ENCRYPTED_ONLY; where a MigratedService owns the instance, set its database.plainConnections to true instead, for its next up would take that back',
      ],
    ],
  },
  {
    what: "an instance that wants connectors of a direct service",
    args: { ...IN_NETWORK, service: { databaseAccess: "Direct" } },
    cloud: instance({}, { connectorEnforcement: "REQUIRED" }),
    refused: [
      [
        "existing-instance-connector-enforcement",
        'instance example-project:europe-west1:shared: expected connector enforcement NOT_REQUIRED for connections without Google\'s connector, got "REQUIRED"; run gcloud sql instances patch shared --project=example-project --connector-enforcement=NOT_REQUIRED; where a MigratedService owns the instance, set its database.plainConnections to true instead, for its next up would take that back',
      ],
    ],
  },
];
