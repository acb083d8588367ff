import type { ClientConfig } from "pg";
import type { InstanceConnection } from "../settings/connection";
import { impersonate } from "./googleAuth";

/** Google's connector, open to one instance. */
export interface OpenConnector {
  /** How `pg` reaches the instance through it. */
  clientConfig(): Promise<ClientConfig>;
  /** Listens on a unix socket for programs that speak to a plain PostgreSQL. */
  listen(path: string): Promise<void>;
  close(): void;
}

/** Opens the connector. It is imported only here: loading it takes longer than a run with nothing to do. */
export async function openConnector(settings: InstanceConnection): Promise<OpenConnector> {
  const { Connector, AuthTypes, IpAddressTypes } =
    await import("@google-cloud/cloud-sql-connector");
  const auth = settings.impersonate === null ? undefined : await impersonate(settings.impersonate);
  const connector = new Connector({ userAgent: "cloud-run-migrations", ...(auth && { auth }) });
  const options = {
    instanceConnectionName: settings.instance,
    ipType: IpAddressTypes[settings.ipType],
    authType: settings.iam ? AuthTypes.IAM : AuthTypes.PASSWORD,
  };
  return {
    // The connector's socket is encrypted already; a second TLS inside it is refused.
    clientConfig: async () => ({ ...(await connector.getOptions(options)), ssl: false }),
    listen: (path) => connector.startLocalProxy({ ...options, listenOptions: { path } }),
    close: () => {
      connector.close();
    },
  };
}
