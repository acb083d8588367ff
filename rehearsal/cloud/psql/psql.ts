import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { isAbsolute, join } from "node:path";
import type { Client, ClientConfig, DatabaseError, QueryArrayResult } from "pg";
import type { Redactor } from "../redactor";
import type { Tool, ToolCall } from "../tools";
import { type PsqlOptions, parsePsql } from "./options";
import { type SqlPart, splitScript } from "./script";
import { connectByMode } from "./sslMode";

/** https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-EXIT-STATUS */
const EXIT = { done: 0, fatal: 1, noConnection: 2, scriptError: 3 } as const;

/** A small psql over `pg`: `-c`, `-f`, standard input, variables, ON_ERROR_STOP. No backslash commands. */
export function createPsql(redactor: Redactor): Tool {
  return async (call) => {
    const hidden: ToolCall = {
      ...call,
      out: (text) => {
        call.out(redactor.redact(text));
      },
      err: (text) => {
        call.err(redactor.redact(text));
      },
    };
    let options: PsqlOptions;
    try {
      options = parsePsql(call.args);
    } catch (error) {
      call.err(`psql: ${error instanceof Error ? error.message : String(error)}\n`);
      return EXIT.fatal;
    }
    return runPsql(hidden, options);
  };
}

async function runPsql(call: ToolCall, options: PsqlOptions): Promise<number> {
  const target = findTarget(call, options);
  let source = "";
  let client: Client;
  try {
    client = await connectByMode(target.config, call.env.PGSSLMODE);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    call.err(`psql: error: connection to server at ${target.place} failed: ${reason}\n`);
    return EXIT.noConnection;
  }
  client.on("notice", (notice) => {
    call.err(`${source}${notice.severity ?? "NOTICE"}:  ${notice.message ?? ""}\n`);
  });
  try {
    if (options.isSingleTransaction) await client.query("BEGIN");
    const commands =
      options.commands.length === 0 ? [{ kind: "file" as const, text: "-" }] : options.commands;
    for (const { kind, text } of commands) {
      source = kind === "sql" ? "" : `psql:${text === "-" ? "<stdin>" : text}: `;
      const code =
        kind === "sql"
          ? await runCommand(call, client, options, text)
          : await runFile(call, client, options, text);
      if (code !== EXIT.done) return code;
    }
    if (options.isSingleTransaction) await client.query("COMMIT");
    return EXIT.done;
  } finally {
    await client.end();
  }
}

function findTarget(call: ToolCall, options: PsqlOptions): { config: ClientConfig; place: string } {
  const { env } = call;
  const url = options.database?.includes("://") === true ? new URL(options.database) : null;
  const name = options.host ?? url?.hostname ?? env.PGHOST ?? "localhost";
  const local = call.network?.ports.get(name);
  const host = local === undefined ? name : "127.0.0.1";
  const given = options.port ?? (url?.port === "" ? null : url?.port) ?? env.PGPORT ?? "5432";
  const port = local ?? Number(given);
  const user = options.user ?? decode(url?.username) ?? env.PGUSER ?? "postgres";
  const config: ClientConfig = {
    host,
    port,
    user,
    password: decode(url?.password) ?? env.PGPASSWORD ?? "",
    database:
      (url === null ? options.database : decode(url.pathname.slice(1))) ?? env.PGDATABASE ?? user,
    application_name: env.PGAPPNAME ?? "psql",
    connectionTimeoutMillis: 10_000,
    ...(env.PGOPTIONS === undefined ? {} : { options: env.PGOPTIONS }),
    // psql prints what the server writes.
    types: { getTypeParser: () => (value: string | Buffer) => value },
  };
  return { config, place: `"${name}", port ${given}` };
}

function decode(text: string | undefined): string | null {
  return text === undefined || text === "" ? null : decodeURIComponent(text);
}

/** `-c` is one request: several statements in it are one transaction. */
async function runCommand(
  call: ToolCall,
  client: Client,
  options: PsqlOptions,
  text: string,
): Promise<number> {
  try {
    await query(call, client, options, text);
    return EXIT.done;
  } catch (error) {
    call.err(describe(error as DatabaseError, ""));
    return EXIT.fatal;
  }
}

async function runFile(
  call: ToolCall,
  client: Client,
  options: PsqlOptions,
  file: string,
): Promise<number> {
  let script = call.stdin;
  if (file !== "-") {
    const path = isAbsolute(file) ? file : join(call.cwd, file);
    const text = await readFile(path, "utf8").catch(() => null);
    if (text === null) {
      call.err(`psql: error: ${file}: No such file or directory\n`);
      return EXIT.fatal;
    }
    script = text;
  }
  const name = file === "-" ? "<stdin>" : file;
  const stops = /^(1|on|true|yes)$/i.test(options.variables.get("ON_ERROR_STOP") ?? "");
  for (const part of splitScript(script, options.variables)) {
    const failure = await runPart(call, client, options, part, name);
    if (failure === null) continue;
    call.err(failure);
    if (stops) return EXIT.scriptError;
  }
  return EXIT.done;
}

/** Null when it succeeded, else what psql writes. */
async function runPart(
  call: ToolCall,
  client: Client,
  options: PsqlOptions,
  part: SqlPart,
  name: string,
): Promise<string | null> {
  const place = `psql:${name}:${part.line}: `;
  if (part.kind === "command") {
    return `${place}error: ${part.text.split(/\s/)[0] ?? ""}: backslash commands are not known here\n`;
  }
  try {
    await query(call, client, options, part.text);
    return null;
  } catch (error) {
    return describe(error as DatabaseError, place);
  }
}

async function query(
  call: ToolCall,
  client: Client,
  options: PsqlOptions,
  text: string,
): Promise<void> {
  const answer = (await client.query({ text, rowMode: "array" })) as
    QueryArrayResult<(string | null)[]> | QueryArrayResult<(string | null)[]>[];
  for (const result of Array.isArray(answer) ? answer : [answer]) {
    if (result.fields.length > 0) call.out(table(result, options));
    else if (!options.isQuiet && result.command) call.out(`${tagOf(result)}\n`);
  }
}

function tagOf({ command, rowCount }: QueryArrayResult): string {
  if (command === "INSERT") return `INSERT 0 ${rowCount ?? 0}`;
  return ["UPDATE", "DELETE", "COPY", "MERGE"].includes(command)
    ? `${command} ${rowCount ?? 0}`
    : command;
}

function table(result: QueryArrayResult<(string | null)[]>, options: PsqlOptions): string {
  const names = result.fields.map(({ name }) => name);
  const rows = result.rows.map((row) => row.map((cell) => cell ?? ""));
  const lines: string[] = [];
  const footer = `(${rows.length} row${rows.length === 1 ? "" : "s"})`;
  if (options.isUnaligned) {
    const all = options.isTuplesOnly ? rows : [names, ...rows];
    lines.push(...all.map((row) => row.join(options.separator)));
    if (!options.isTuplesOnly) lines.push(footer);
  } else {
    const widths = names.map((name, column) =>
      Math.max(name.length, ...rows.map((row) => (row[column] ?? "").length)),
    );
    const pad = (row: string[]): string =>
      ` ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} `.trimEnd();
    const rule = widths.map((width) => "-".repeat(width + 2)).join("+");
    if (!options.isTuplesOnly) lines.push(pad(names), rule);
    lines.push(...rows.map(pad));
    lines.push(...(options.isTuplesOnly ? [""] : [footer, ""]));
  }
  return lines.map((line) => `${line}\n`).join("");
}

function describe(error: DatabaseError, place: string): string {
  const lines = [`${place}${error.severity ?? "ERROR"}:  ${error.message}`];
  if (error.detail !== undefined) lines.push(`DETAIL:  ${error.detail}`);
  if (error.hint !== undefined) lines.push(`HINT:  ${error.hint}`);
  if (error.where !== undefined) lines.push(`CONTEXT:  ${error.where}`);
  return lines.map((line) => `${line}\n`).join("");
}

/** `pg_isready`: whether something answers on the port. */
export const pgIsReady: Tool = async (call) => {
  const options = parsePsql(call.args.filter((word) => word !== "-q" && !word.startsWith("-t")));
  const name = options.host ?? call.env.PGHOST ?? "localhost";
  const local = call.network?.ports.get(name);
  const port = local ?? Number(options.port ?? call.env.PGPORT ?? "5432");
  const answers = await new Promise<boolean>((resolve) => {
    const socket = connect(port, local === undefined ? name : "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => {
      resolve(false);
    });
  });
  call.out(`${name}:${port} - ${answers ? "accepting connections" : "no response"}\n`);
  return answers ? 0 : 2;
};
