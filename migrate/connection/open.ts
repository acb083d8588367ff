import { Client, type ClientConfig } from "pg";
import type { ConnectionSettings } from "../settings/connection";
import { openConnector } from "./connector";

/** A connected client and how to leave it. */
export interface OpenClient {
  client: Client;
  /** Ends the connection; what it was doing is rolled back. Never throws. */
  close: () => Promise<void>;
}

// A packet that a firewall drops is answered by nobody.
const CONNECT_TIMEOUT_MS = 20_000;
const CLOSE_TIMEOUT_MS = 2000;

/** Connects once. */
export async function openClient(
  settings: ConnectionSettings,
  applicationName: string,
): Promise<OpenClient> {
  const isGoogle = settings.kind === "instance" && settings.emulator === null;
  const connector = isGoogle ? await openConnector(settings) : null;
  try {
    const client = new Client({
      ...(connector === null ? null : await connector.clientConfig()),
      ...toClientConfig(settings),
      application_name: applicationName,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
    });
    // Without a listener a connection that breaks between two queries ends the process.
    client.on("error", () => undefined);
    await client.connect();
    return {
      client,
      close: async () => {
        await endClient(client);
        connector?.close();
      },
    };
  } catch (error) {
    connector?.close();
    throw error;
  }
}

/** The password goes to pg as it is: in a URL it would need encoding. */
export function toClientConfig(settings: ConnectionSettings): ClientConfig {
  if (settings.kind === "url") return { connectionString: settings.url };
  const { user, password, database } = settings;
  const place = settings.kind === "host" ? settings : settings.emulator;
  return {
    ...(place !== null && { host: place.host, port: place.port }),
    ...(user !== null && { user }),
    ...(password !== null && { password }),
    ...(database !== null && { database }),
  };
}

async function endClient(client: Client): Promise<void> {
  const timeout = setTimeout(() => {
    (
      client as unknown as { connection: { stream: { destroy(): void } } }
    ).connection.stream.destroy();
  }, CLOSE_TIMEOUT_MS);
  await client.end().catch(() => undefined);
  clearTimeout(timeout);
}
