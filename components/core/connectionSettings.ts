import { ConnectorEnforcement, Connectivity, DatabaseAccess, Login, TlsMode } from "./choices";
import { quote, type Violation } from "./violations";

/** Everything that decides how the database can be reached. */
export interface ConnectionOptions {
  connectivity: Connectivity;
  login: Login;
  access: DatabaseAccess;
  /** `migration.command` takes the place of our tool, and with it of Google's connector. */
  hasCommand: boolean;
  /** Only when somebody asked: `true` lets in those of other environments too. */
  plainConnections?: boolean | undefined;
}

/** What follows from it for the instance. */
export interface ConnectionSettings {
  tlsMode: TlsMode;
  connectorEnforcement: ConnectorEnforcement;
}

/** The strictest settings under which everybody who must connect can. */
export function connectionSettings(options: ConnectionOptions): ConnectionSettings {
  const isPlain = options.plainConnections ?? plainTcpClients(options).length > 0;
  return isPlain
    ? { tlsMode: TlsMode.EncryptedOnly, connectorEnforcement: ConnectorEnforcement.NotRequired }
    : {
        tlsMode: TlsMode.TrustedClientCertificateRequired,
        connectorEnforcement: ConnectorEnforcement.Required,
      };
}

/** Refuses combinations in which somebody could not connect. */
export function checkConnection(options: ConnectionOptions): Violation[] {
  return [...checkCommandLogin(options), ...checkPlainConnections(options)];
}

/**
 * Clients that speak TCP without a connector, so without a client certificate. In a build a command
 * goes through the Auth Proxy instead.
 */
export function plainTcpClients({ access, hasCommand, connectivity }: ConnectionOptions): string[] {
  const clients: string[] = [];
  if (access === DatabaseAccess.Direct) clients.push("service.databaseAccess Direct");
  if (hasCommand && connectivity === Connectivity.CloudRunJob) {
    clients.push("migration.command in CloudRunJob");
  }
  return clients;
}

/** A job reaches a private address by TCP only, and a command cannot make itself an IAM token. */
function checkCommandLogin({ connectivity, hasCommand, login }: ConnectionOptions): Violation[] {
  if (!hasCommand || connectivity !== Connectivity.CloudRunJob || login !== Login.Iam) return [];
  return [
    {
      rule: "command-login",
      path: "database.login",
      expected: "Password with migration.command in CloudRunJob",
      got: quote(login),
      remedy:
        "take migration.connectivity BuildStep or PrivatePool, whose proxy logs in by IAM, or leave the command out",
    },
  ];
}

function checkPlainConnections(options: ConnectionOptions): Violation[] {
  const clients = plainTcpClients(options).join(" and ");
  if (options.plainConnections !== false || clients === "") return [];
  return [
    {
      rule: "plain-connections",
      path: "database.plainConnections",
      expected: `true or nothing with ${clients}`,
      got: quote(options.plainConnections),
      remedy: "who connects so has neither Google's connector nor a client certificate",
    },
  ];
}
