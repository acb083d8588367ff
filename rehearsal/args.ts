import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Misfit } from "../components";
import type { StackName } from "../inventory";
import { quote } from "./quote";

/** What to rehearse, as given on the command line. */
export interface StartArgs {
  json: boolean;
  help: boolean;
  /** Folder of another service; null for the sample service. */
  service: string | null;
  /** Folder of other migrations; null for the context's own. */
  migrations: string | null;
  /** The stack that is released; null for `dev`. */
  stack: StackName | null;
  /** File with arguments of a `MigratedService` in the stack's place; null for none. */
  args: string | null;
  /** A Cloud Build document; null for the one that `render` prints. */
  document: string | null;
  /** Where the HTML page is written; null for none. */
  report: string | null;
  /** Path that the client asks for; null for the service's own. */
  endpoint: string | null;
}

const FLAGS = {
  json: { type: "boolean", value: "", says: "print the result as one JSON document" },
  service: { type: "string", value: "DIR", says: "release this service instead of the sample" },
  migrations: { type: "string", value: "DIR", says: "with these migrations" },
  stack: { type: "string", value: "NAME", says: "release this stack: dev or production" },
  args: { type: "string", value: "FILE", says: "or a MigratedService with these arguments" },
  document: { type: "string", value: "FILE", says: "play this Cloud Build document (YAML)" },
  endpoint: { type: "string", value: "PATH", says: "path that the client asks for" },
  report: { type: "string", value: "FILE", says: "write a page with the steps and the timeline" },
  help: { type: "boolean", value: "", says: "print this" },
} as const;

type Flag = keyof typeof FLAGS;

/** The text of `--help`. */
export const USAGE = [
  "npm start -- [flags]: rehearses three releases against a real PostgreSQL on this machine",
  ...Object.entries(FLAGS).map(
    ([name, { value, says }]) => `  ${`--${name} ${value}`.padEnd(18)} ${says}`,
  ),
].join("\n");

/** Parses the command line and finds everything that is wrong with it. Paths become absolute. */
export function parseStartArgs(argv: readonly string[]): {
  args: StartArgs;
  violations: Misfit[];
} {
  const violations: Misfit[] = [];
  const values = readFlags(argv, violations);
  const path = (flag: Flag): string | null => {
    const value = values.get(flag);
    return value === undefined ? null : resolve(value);
  };
  const args: StartArgs = {
    json: values.has("json"),
    help: values.has("help"),
    service: path("service"),
    migrations: path("migrations"),
    stack: readStack(values, violations),
    args: path("args"),
    document: path("document"),
    report: path("report"),
    endpoint: values.get("endpoint") ?? null,
  };
  const { service, migrations, args: file, document, report, endpoint } = args;
  if (service !== null) checkPath("--service", service, "folder", violations);
  if (migrations !== null) checkPath("--migrations", migrations, "folder", violations);
  if (file !== null) checkPath("--args", file, "file", violations);
  if (document !== null) checkPath("--document", document, "file", violations);
  if (report !== null) checkReport(report, violations);
  if (endpoint !== null && !/^\/(?!\/)[\x21-\x7e]*$/.test(endpoint)) {
    const expected = "a path that starts with one /";
    violations.push({ path: "--endpoint", expected, got: quote(endpoint) });
  }
  return { args, violations };
}

const STACKS: readonly StackName[] = ["dev", "production"];

function readStack(values: Map<string, string>, violations: Misfit[]): StackName | null {
  const value = values.get("stack");
  const stack = STACKS.find((name) => name === value) ?? null;
  if (value !== undefined && stack === null) {
    violations.push({ path: "--stack", expected: STACKS.join(" or "), got: quote(value) });
  }
  return stack;
}

function readFlags(argv: readonly string[], violations: Misfit[]): Map<string, string> {
  const values = new Map<string, string>();
  // Not strict: that would stop at the first mistake.
  const options = Object.fromEntries(
    Object.entries(FLAGS).map(([name, { type }]) => [name, { type }]),
  );
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") {
      violations.push({ path: "argument", expected: "flags only", got: quote(token.value) });
    } else if (!Object.hasOwn(FLAGS, token.name)) {
      const expected = `one of ${Object.keys(FLAGS)
        .map((name) => `--${name}`)
        .join(", ")}`;
      violations.push({ path: token.rawName, expected, got: "an unknown flag" });
    } else if (FLAGS[token.name as Flag].type === "string" && !token.value) {
      violations.push({ path: token.rawName, expected: "a value", got: "none" });
    } else if (values.has(token.name)) {
      violations.push({ path: token.rawName, expected: "the flag once", got: "it twice" });
    } else {
      values.set(token.name, token.value ?? "");
    }
  }
  return values;
}

function checkPath(
  flag: string,
  path: string,
  kind: "folder" | "file",
  violations: Misfit[],
): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (kind === "folder" ? found?.isDirectory() : found?.isFile()) return;
  const got = found === undefined ? `${quote(path)}, which does not exist` : quote(path);
  violations.push({ path: flag, expected: `a ${kind}`, got });
}

function checkReport(report: string, violations: Misfit[]): void {
  if (statSync(report, { throwIfNoEntry: false })?.isDirectory()) {
    violations.push({ path: "--report", expected: "a file to write", got: quote(report) });
  } else {
    checkPath("--report", dirname(report), "folder", violations);
  }
}
