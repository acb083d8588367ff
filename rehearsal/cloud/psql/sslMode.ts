import { Client, type ClientConfig } from "pg";

/**
 * Connects as libpq does for PGSSLMODE. Not as `pg` does, which checks the server's certificate with
 * `require` too.
 *
 * @see https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION
 */
export async function connectByMode(config: ClientConfig, mode = "prefer"): Promise<Client> {
  switch (mode) {
    case "disable":
    case "allow":
      return open({ ...config, ssl: false });
    case "require":
      return open({ ...config, ssl: ANY_CERTIFICATE });
    case "prefer":
      try {
        return await open({ ...config, ssl: ANY_CERTIFICATE });
      } catch (error) {
        const isUnknown = error instanceof Error && /does not support SSL/.test(error.message);
        if (isUnknown) return open({ ...config, ssl: false });
        throw error;
      }
    case "verify-ca":
    case "verify-full":
      throw new Error("root certificate file does not exist; sslmode=require does without");
    default:
      throw new Error(`invalid sslmode value: "${mode}"`);
  }
}

const ANY_CERTIFICATE = { rejectUnauthorized: false };

async function open(config: ClientConfig): Promise<Client> {
  const client = new Client(config);
  // Without a listener a connection that breaks between two queries ends the process.
  client.on("error", () => undefined);
  await client.connect();
  return client;
}
