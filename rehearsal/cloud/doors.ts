import { type Server, type Socket, connect, createServer } from "node:net";
import { type Instance, type Way, findRefusal } from "./instance";
import { portOf } from "./ports";

/** Where a way to the database leads on this machine. */
export interface Door {
  port: number;
  /** Why nothing but this answer is behind it; null when the database is. */
  refusal: string | null;
}

// First messages of PostgreSQL's protocol: length and code, four bytes each.
// https://www.postgresql.org/docs/current/protocol-message-formats.html
const SSL_REQUEST = 80877103;
const GSS_REQUEST = 80877104;
const CANCEL_REQUEST = 80877102;

/** How a door answers before it lets anybody through. */
type Keeper =
  /** As the Auth Proxy: what goes through it is encrypted already, so it offers no TLS of its own. */
  | { kind: "connector" }
  /** As the instance itself. */
  | { kind: "tcp"; needsTls: boolean }
  | { kind: "refused"; refusal: string };

/** The ways to the database: each is a port of the loopback that behaves as the instance would. */
export class Doors {
  private readonly servers: Server[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly doors = new Map<string, Door>();

  constructor(
    private readonly instance: Instance,
    private readonly database: { host: string; port: number },
  ) {}

  /** Opens a door for each way that there can be. */
  async open(): Promise<void> {
    const needsTls = this.instance.tlsMode === "ENCRYPTED_ONLY";
    const open: Record<Way["by"], Door> = {
      connector: { port: await this.listen({ kind: "connector" }), refusal: null },
      tcp: { port: await this.listen({ kind: "tcp", needsTls }), refusal: null },
    };
    const closed = new Map<string, Door>();
    for (const way of allWays()) {
      const refusal = findRefusal(this.instance, way);
      let door = refusal === null ? open[way.by] : closed.get(refusal);
      if (door === undefined && refusal !== null) {
        door = { port: await this.listen({ kind: "refused", refusal }), refusal };
        closed.set(refusal, door);
      }
      if (door !== undefined) this.doors.set(keyOf(way), door);
    }
  }

  find(way: Way): Door {
    const door = this.doors.get(keyOf(way));
    if (door === undefined) throw new Error("the doors to the database are not open");
    return door;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await Promise.all(
      this.servers.splice(0).map(
        (server) =>
          new Promise((resolve) => {
            server.close(resolve);
          }),
      ),
    );
  }

  private async listen(keeper: Keeper): Promise<number> {
    const server = createServer((socket) => {
      this.watch(socket);
      this.receive(socket, keeper, Buffer.alloc(0));
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, "127.0.0.1", resolve);
    });
    this.servers.push(server);
    return portOf(server);
  }

  private watch(socket: Socket): void {
    this.sockets.add(socket);
    socket.once("close", () => this.sockets.delete(socket));
    socket.on("error", () => undefined);
  }

  /** Waits for a whole first message and decides; requests for encryption may come before it. */
  private receive(socket: Socket, keeper: Keeper, before: Buffer): void {
    socket.once("data", (chunk: Buffer) => {
      const text = Buffer.concat([before, chunk]);
      if (text.length < 8) {
        this.receive(socket, keeper, text);
        return;
      }
      socket.pause();
      const code = text.readInt32BE(4);
      if (keeper.kind === "refused") refuse(socket, "08006", keeper.refusal);
      else if (code === GSS_REQUEST || (code === SSL_REQUEST && keeper.kind === "connector")) {
        socket.write("N");
        this.receive(socket, keeper, text.subarray(8));
        socket.resume();
      } else if (keeper.kind === "tcp" && keeper.needsTls && isPlainStart(code)) {
        refuse(socket, "28000", "pg_hba.conf rejects connection, no encryption");
      } else this.forward(socket, text);
    });
  }

  private forward(client: Socket, first: Buffer): void {
    const upstream = connect(this.database.port, this.database.host);
    this.watch(upstream);
    for (const socket of [client, upstream]) socket.setNoDelay(true);
    client.once("close", () => upstream.destroy());
    // What the server said last, why it closed, still reaches the client.
    upstream.once("close", () => client.end());
    upstream.write(first);
    client.pipe(upstream);
    upstream.pipe(client);
  }
}

function* allWays(): Generator<Way> {
  for (const by of ["connector", "tcp"] as const) {
    for (const address of ["PRIVATE", "PUBLIC", null] as const) {
      for (const inNetwork of [true, false]) yield { by, address, inNetwork };
    }
  }
}

function keyOf({ by, address, inNetwork }: Way): string {
  return [by, address, inNetwork].join();
}

function isPlainStart(code: number): boolean {
  return code !== SSL_REQUEST && code !== CANCEL_REQUEST;
}

/** An ErrorResponse, which clients show also before they are logged in. */
function refuse(socket: Socket, code: string, message: string): void {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write("E");
  head.writeInt32BE(fields.length + 4, 1);
  socket.end(Buffer.concat([head, fields]));
}
