import { type Server, type Socket, connect, createServer } from "node:net";
import { freePort } from "./ports";

/** What `docker run` was told about a proxy's container. */
export interface ProxyContainer {
  id: string;
  /** False without `--address 0.0.0.0`: then nothing outside of the container reaches it. */
  isReachable: boolean;
  /** Port that it listens on, as the document says it. */
  port: number;
  /** Port of this machine that it forwards to. */
  upstream: number;
  log: string[];
}

interface Running extends ProxyContainer {
  server: Server | null;
  sockets: Set<Socket>;
}

/**
 * The build's network `cloudbuild`: containers by name. A name of the document has its port from the
 * beginning of the build; something listens on it from `docker run` to the end.
 */
export class BuildNetwork {
  readonly ports = new Map<string, number>();
  private readonly running = new Map<string, Running>();

  constructor(
    /** Whether the build runs on the instance's network: in a private pool that is peered with it. */
    readonly inNetwork: boolean,
  ) {}

  async reserve(name: string): Promise<number> {
    const port = this.ports.get(name) ?? (await freePort());
    this.ports.set(name, port);
    return port;
  }

  get(name: string): ProxyContainer | null {
    return this.running.get(name) ?? null;
  }

  /** Starts the proxy's stand-in: it forwards bytes to the database. */
  async start(name: string, container: ProxyContainer): Promise<void> {
    const sockets = new Set<Socket>();
    const running: Running = { ...container, server: null, sockets };
    this.running.set(name, running);
    const port = await this.reserve(name);
    if (!container.isReachable) return;
    const server = createServer((client) => {
      const upstream = connect(container.upstream, "127.0.0.1");
      for (const socket of [client, upstream]) {
        sockets.add(socket);
        socket.once("close", () => sockets.delete(socket));
        socket.on("error", () => {
          client.destroy();
          upstream.destroy();
        });
      }
      client.pipe(upstream);
      upstream.pipe(client);
    });
    running.server = server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", resolve);
    });
  }

  async remove(name: string): Promise<boolean> {
    const running = this.running.get(name);
    if (running === undefined) return false;
    this.running.delete(name);
    for (const socket of running.sockets) socket.destroy();
    const { server } = running;
    if (server !== null) {
      await new Promise((resolve) => {
        server.close(resolve);
      });
    }
    return true;
  }

  async close(): Promise<void> {
    for (const name of [...this.running.keys()]) await this.remove(name);
  }
}
