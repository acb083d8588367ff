import { ConnectorEnforcement, Connectivity, DatabaseAccess, Login, TlsMode } from "./choices";
import { quote, type Violation } from "./violations";

/** Everything that decides how the database can be reached. */
export interface ConnectionOptions {
  connectivity: Connectivity;
  login: Login;
  access: DatabaseAccess;
  /** `migration.command` takes the place of our tool, and with it of Google's connector. */
  hasCommand: boolean;
  /** Only when somebody asked for one. */
  tlsMode?: TlsMode | undefined;
  /** Only when somebody asked for one. */
  connectorEnforcement?: ConnectorEnforcement | undefined;
}

/** What follows from it for the instance and its clients. */
export interface ConnectionSettings {
  tlsMode: TlsMode;
  connectorEnforcement: ConnectorEnforcement;
  /** The instance has a public address, without authorised networks. */
  publiclyAccessible: boolean;
  /** The instance has a private address; service and job need a network. */
  usesPrivateNetwork: boolean;
  /** The address that connectors take. */
  ipType: "PRIVATE" | "PUBLIC";
}

/** Where each option came from, for violations. */
export interface ConnectionPaths {
  login: string;
  command: string;
  access: string;
  tlsMode: string;
  connectorEnforcement: string;
}

const PATHS: ConnectionPaths = {
  login: "database.login",
  command: "migration.command",
  access: "service.databaseAccess",
  tlsMode: "database.tlsMode",
  connectorEnforcement: "database.connectorEnforcement",
};

/** The strictest settings under which everybody who must connect can. */
export function connectionSettings(options: ConnectionOptions): ConnectionSettings {
  const isPublic = options.connectivity === Connectivity.BuildStep;
  const strict = plainTcpClients(options, PATHS).length === 0;
  return {
    tlsMode:
      options.tlsMode ??
      (strict ? TlsMode.TrustedClientCertificateRequired : TlsMode.EncryptedOnly),
    connectorEnforcement:
      options.connectorEnforcement ??
      (strict ? ConnectorEnforcement.Required : ConnectorEnforcement.NotRequired),
    publiclyAccessible: isPublic,
    usesPrivateNetwork: !isPublic,
    ipType: isPublic ? "PUBLIC" : "PRIVATE",
  };
}

/** Refuses combinations in which somebody could not connect. */
export function checkConnection(
  options: ConnectionOptions,
  paths: ConnectionPaths = PATHS,
): Violation[] {
  return [
    ...checkCommandLogin(options, paths),
    ...checkDirectAccess(options, paths),
    ...checkAskedFor(options, paths),
  ];
}

/**
 * Clients that speak TCP without a connector, so without a client certificate. In a build step a
 * command goes through the Auth Proxy instead.
 */
function plainTcpClients(options: ConnectionOptions, paths: ConnectionPaths): string[] {
  const clients: string[] = [];
  if (options.access === DatabaseAccess.Direct) clients.push(`${paths.access} Direct`);
  if (options.hasCommand && options.connectivity === Connectivity.CloudRunJob) {
    clients.push(`${paths.command} in CloudRunJob`);
  }
  return clients;
}

/** A job reaches a private address by TCP only, and a command cannot make itself an IAM token. */
function checkCommandLogin(options: ConnectionOptions, paths: ConnectionPaths): Violation[] {
  const { connectivity, hasCommand, login } = options;
  if (!hasCommand || connectivity !== Connectivity.CloudRunJob || login !== Login.Iam) return [];
  return [
    {
      path: paths.login,
      expected: `Password with ${paths.command} in CloudRunJob`,
      got: quote(login),
      remedy:
        "take migration.connectivity BuildStep, whose proxy logs in by IAM, or leave the command out",
    },
  ];
}

/** Without authorised networks a public address takes connectors only. */
function checkDirectAccess(options: ConnectionOptions, paths: ConnectionPaths): Violation[] {
  const { connectivity, access } = options;
  if (access !== DatabaseAccess.Direct || connectivity !== Connectivity.BuildStep) return [];
  return [
    {
      path: paths.access,
      expected: "Sidecar with migration.connectivity BuildStep",
      got: quote(access),
      remedy: "the instance has a public address only, and lets nobody in without a connector",
    },
  ];
}

function checkAskedFor(options: ConnectionOptions, paths: ConnectionPaths): Violation[] {
  const clients = plainTcpClients(options, paths).join(" and ");
  if (clients === "") return [];
  const violations: Violation[] = [];
  if (options.tlsMode === TlsMode.TrustedClientCertificateRequired) {
    const expected = `${TlsMode.EncryptedOnly} with ${clients}, which has no client certificate`;
    violations.push({ path: paths.tlsMode, expected, got: quote(options.tlsMode) });
  }
  if (options.connectorEnforcement === ConnectorEnforcement.Required) {
    const expected = `${ConnectorEnforcement.NotRequired} with ${clients}, which uses no connector`;
    const got = quote(options.connectorEnforcement);
    violations.push({ path: paths.connectorEnforcement, expected, got });
  }
  return violations;
}
