import { randomBytes, timingSafeEqual } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { type Server, type Socket, createServer } from "node:net";
import { join } from "node:path";
import type { BuildNetwork } from "./network";
import { portOf } from "./ports";

/** One call of `docker`, `gcloud` or `psql` by a script. */
export interface ToolCall {
  args: string[];
  env: Record<string, string>;
  cwd: string;
  /** Text of standard input; empty for tools that do not read it. */
  stdin: string;
  /** The network of the build that calls; null outside of a build. */
  network: BuildNetwork | null;
  out(text: string): void;
  err(text: string): void;
}

/** A stand-in: returns the exit code. */
export type Tool = (call: ToolCall) => Promise<number>;

export const TOOL_NAMES = ["docker", "gcloud", "psql", "pg_isready"] as const;
export type ToolName = (typeof TOOL_NAMES)[number];

/** Programs that the images of a build do not have and a developer's machine may. */
const HIDDEN = ["bq", "cloud-sql-proxy", "gsutil", "jq", "kubectl", "pulumi", "terraform"];

// Small and without packages: it starts in milliseconds and works wherever the tests run from.
const SHIM = `
const { connect } = require("node:net");
const [tool, ...args] = process.argv.slice(2);
function run(stdin) {
  const socket = connect(PORT, "127.0.0.1");
  const { env } = process;
  socket.write(JSON.stringify({ token: TOKEN, caller: CALLER, tool, args, env, cwd: process.cwd(), stdin }) + "\\n");
  let rest = "";
  let exitCode = 70;
  socket.setEncoding("utf8");
  socket.on("data", (text) => {
    const lines = (rest + text).split("\\n");
    rest = lines.pop();
    for (const line of lines) {
      const [stream, value] = JSON.parse(line);
      if (stream === "exit") exitCode = value;
      else process[stream].write(value);
    }
  });
  socket.on("error", () => undefined);
  socket.on("close", () => { process.exitCode = exitCode; });
}
if (!tool.startsWith("p") || process.stdin.isTTY) run("");
else {
  const chunks = [];
  process.stdin.on("data", (chunk) => chunks.push(chunk));
  process.stdin.on("error", () => run(""));
  process.stdin.on("end", () => run(Buffer.concat(chunks).toString("utf8")));
}
`;

/** The programs that stand in for tools, and the server that does their work in this process. */
export class Tools {
  private readonly server: Server;
  private readonly token = randomBytes(24).toString("base64url");
  private readonly networks = new Map<string, BuildNetwork>();
  private readonly sockets = new Set<Socket>();
  private readonly folders = new Map<string, string>();
  private implementations: Partial<Record<ToolName, Tool>> = {};
  private callers = 0;

  constructor(private readonly folder: string) {
    this.server = createServer((socket) => {
      this.sockets.add(socket);
      socket.once("close", () => this.sockets.delete(socket));
      socket.on("error", () => undefined);
      readFirstLine(socket, (line) => {
        void this.answer(socket, line);
      });
    });
  }

  async listen(implementations: Record<ToolName, Tool>): Promise<void> {
    this.implementations = implementations;
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(0, "127.0.0.1", resolve);
    });
  }

  /** A folder for PATH in which only some tools are found. */
  folderWith(tools: readonly ToolName[], network: BuildNetwork | null): string {
    const caller = String(this.callers++);
    if (network !== null) this.networks.set(caller, network);
    const folder = join(this.folder, `tools-${caller}`);
    mkdirSync(folder, { recursive: true });
    const shim = join(folder, "shim.cjs");
    const constants = Object.entries({
      PORT: portOf(this.server),
      TOKEN: this.token,
      CALLER: caller,
    });
    const head = constants.map(([name, value]) => `const ${name} = ${JSON.stringify(value)};\n`);
    writeFileSync(shim, `${head.join("")}${SHIM}`, { mode: 0o600 });
    for (const name of [...TOOL_NAMES, ...HIDDEN]) {
      const isThere = (tools as readonly string[]).includes(name);
      const text = isThere
        ? `exec ${quoted(process.execPath)} ${quoted(shim)} ${name} "$@"`
        : `echo "sh: ${name}: command not found (this step's image does not have it)" >&2; exit 127`;
      writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    }
    return folder;
  }

  /** For a service's own image. */
  withoutAny(): string {
    return this.shared("none", []);
  }

  /** For the official `postgres` image in a job. */
  withPsql(): string {
    return this.shared("psql", ["psql", "pg_isready"]);
  }

  private shared(key: string, tools: readonly ToolName[]): string {
    const folder = this.folders.get(key) ?? this.folderWith(tools, null);
    this.folders.set(key, folder);
    return folder;
  }

  private async answer(socket: Socket, line: string): Promise<void> {
    const send = (stream: string, value: string | number): void => {
      if (socket.writable) socket.write(`${JSON.stringify([stream, value])}\n`);
    };
    const call = readCall(line, this.token);
    const tool = call === null ? undefined : this.implementations[call.tool];
    if (call === null || tool === undefined) {
      socket.destroy();
      return;
    }
    const exitCode = await tool({
      ...call,
      network: this.networks.get(call.caller) ?? null,
      out: (text) => {
        send("stdout", text);
      },
      err: (text) => {
        send("stderr", text);
      },
    }).catch((error: unknown) => {
      send("stderr", `${call.tool}: ${error instanceof Error ? error.message : String(error)}\n`);
      return 70;
    });
    send("exit", exitCode);
    socket.end();
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => {
      this.server.close(resolve);
    });
  }
}

interface SentCall {
  token: string;
  caller: string;
  tool: ToolName;
  args: string[];
  env: Record<string, string>;
  cwd: string;
  stdin: string;
}

/** Null for a caller that is not one of our shims. */
function readCall(line: string, token: string): SentCall | null {
  let call: SentCall;
  try {
    call = JSON.parse(line) as SentCall;
  } catch {
    return null;
  }
  if (typeof call.token !== "string") return null;
  const [given, expected] = [Buffer.from(call.token), Buffer.from(token)];
  return given.length === expected.length && timingSafeEqual(given, expected) ? call : null;
}

function readFirstLine(socket: Socket, onLine: (line: string) => void): void {
  let text = "";
  const onData = (chunk: string): void => {
    text += chunk;
    const end = text.indexOf("\n");
    if (end < 0) return;
    socket.off("data", onData);
    socket.resume();
    onLine(text.slice(0, end));
  };
  socket.setEncoding("utf8");
  socket.on("data", onData);
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}
