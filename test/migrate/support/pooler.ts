import { randomBytes } from "node:crypto";
import { type AddressInfo, type Server, type Socket, connect, createServer } from "node:net";

export interface PoolerOptions {
  /** Where the server is. */
  host: string;
  port: number;
  /** Whether a client keeps its connection for as long as it stays; else until its transaction ends. */
  isSessionPooling?: boolean;
}

/** A pooler as PgBouncer is one, with few connections to the server. */
export interface TestPooler {
  port: number;
  stop(): Promise<void>;
}

const SIZE = 2;
const SSL_REQUEST = 80_877_103;

/**
 * Greets clients itself and lends connections to the server out, the last one given back first, as
 * PgBouncer does. It logs in as the client's user without a password, so the server must trust that one.
 */
export async function startPooler(options: PoolerOptions): Promise<TestPooler> {
  const sockets = new Set<Socket>();
  const pool = createPool(options, sockets);
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    serve(socket, pool, options.isSessionPooling === true);
  });
  await new Promise<void>((resolve) => {
    listener.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (listener.address() as AddressInfo).port,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return close(listener);
    },
  };
}

/** A connection to the server, and who has it. */
interface Backend {
  socket: Socket;
  /** Takes the server's messages, and whether they leave it idle. */
  onAnswer: (bytes: Buffer, isIdle: boolean) => void;
}

interface Pool {
  take(startup: Buffer): Promise<Backend>;
  giveBack(backend: Backend): void;
}

function createPool({ host, port }: PoolerOptions, sockets: Set<Socket>): Pool {
  const free: Backend[] = [];
  const waiting: ((backend: Backend) => void)[] = [];
  let opened = 0;
  return {
    take: (startup) => {
      const backend = free.pop();
      if (backend !== undefined) return Promise.resolve(backend);
      if (opened === SIZE) return new Promise((resolve) => waiting.push(resolve));
      opened += 1;
      return openBackend(connect(port, host), startup, sockets);
    },
    giveBack: (backend) => {
      const next = waiting.shift();
      if (next === undefined) free.push(backend);
      else next(backend);
    },
  };
}

function openBackend(socket: Socket, startup: Buffer, sockets: Set<Socket>): Promise<Backend> {
  sockets.add(socket);
  socket.on("error", () => undefined);
  const backend: Backend = { socket, onAnswer: () => undefined };
  const read = readMessages((bytes, type) => {
    // ReadyForQuery, outside a transaction.
    backend.onAnswer(bytes, type === "Z" && bytes[5] === "I".charCodeAt(0));
  });
  socket.on("data", read);
  socket.write(startup);
  return new Promise((resolve) => {
    backend.onAnswer = (_, isIdle) => {
      if (isIdle) resolve(backend);
    };
  });
}

function serve(client: Socket, pool: Pool, isSessionPooling: boolean): void {
  let startup: Buffer | null = null;
  let backend: Promise<Backend> | null = null;
  const lend = async (bytes: Buffer, own: Buffer): Promise<void> => {
    backend ??= pool.take(own).then((taken) => {
      taken.onAnswer = (answer, isIdle) => {
        client.write(answer);
        if (!isIdle || isSessionPooling) return;
        backend = null;
        pool.giveBack(taken);
      };
      return taken;
    });
    (await backend).socket.write(bytes);
  };
  const readQueries = readMessages((bytes, type) => {
    if (type === "X") client.end();
    else if (startup !== null) void lend(bytes, startup);
  });
  client.on(
    "close",
    () =>
      void backend?.then((taken) => {
        pool.giveBack(taken);
      }),
  );
  client.on("data", (bytes: Buffer) => {
    if (startup !== null) readQueries(bytes);
    else if (bytes.readInt32BE(4) === SSL_REQUEST) client.write("N");
    else {
      startup = bytes;
      client.write(greeting());
    }
  });
}

/** Authenticated; a key for cancelling that is nobody's; ready. */
function greeting(): Buffer {
  return Buffer.concat([
    message("R", Buffer.from([0, 0, 0, 0])),
    message("S", Buffer.from("server_version\0" + "18.0 (pooler)\0")),
    message("K", randomBytes(8)),
    message("Z", Buffer.from("I")),
  ]);
}

function message(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}

/** Cuts a stream into messages: a letter, a length, and what belongs to it. */
function readMessages(use: (bytes: Buffer, type: string) => void): (chunk: Buffer) => void {
  let left = Buffer.alloc(0);
  return (chunk) => {
    left = Buffer.concat([left, chunk]);
    while (left.length >= 5) {
      const length = left.readInt32BE(1) + 1;
      if (left.length < length) return;
      const bytes = left.subarray(0, length);
      left = left.subarray(length);
      use(bytes, String.fromCharCode(bytes[0] ?? 0));
    }
  };
}

function close(listener: Server): Promise<void> {
  return new Promise((resolve) => {
    listener.close(() => {
      resolve();
    });
  });
}
