import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Misfit } from "../components";
import { isAlembicProject, pythonOf } from "./alembicProject";
import { checkOwnDockerfile } from "./ownDockerfile";
import { quote } from "./quote";

/** How the image of a service is made when its folder brings no Dockerfile. */
export type ServiceKind =
  /** The sample service. */
  | "own"
  /** The folder is a build context with a Dockerfile of its own. */
  | "context"
  /** Plain JavaScript that takes the place of the sample service in its context. */
  | "plain";

/** Whose migrations the second and third release add to. */
export type MigrationTool = "node-pg-migrate" | "alembic";

/** What a release is built from: folders to copy, and how the service is reached. */
export interface ContextSource {
  kind: ServiceKind;
  /** The build context that each workspace is a copy of. */
  context: string;
  /** Replaces `service/` of the context; null unless `kind` is `plain`. */
  service: string | null;
  /** Command of a plain service, run in its folder. */
  command: string[];
  tool: MigrationTool;
  /** Where the migrations come from: a folder of node-pg-migrate's files, or an Alembic project. */
  migrations: string;
  /** Path that the client asks for. */
  endpoint: string;
  /** Path of the startup probe; null for the arguments' own, without them one that only connects. */
  startupPath: string | null;
  /** What was chosen for the caller, in words. */
  notes: string[];
}

/** What a foreign service's package.json may say. */
interface ServicePackage {
  scripts?: { start?: unknown };
  rehearsal?: { endpoint?: unknown; startupPath?: unknown };
}

/** The root of this repository, seen from `rehearsal/` and from `dist/rehearsal/`. */
const ROOT = [join(__dirname, ".."), join(__dirname, "..", "..")].find((folder) =>
  existsSync(join(folder, "Dockerfile")),
);

/** Finds what to build from. Every flag that does not fit is a violation. */
export function findContext(flags: {
  service: string | null;
  migrations: string | null;
  endpoint: string | null;
  document: string | null;
  args?: string | null;
}): { source: ContextSource; violations: Misfit[] } {
  if (ROOT === undefined) throw new Error("the repository's Dockerfile is missing");
  const violations: Misfit[] = [];
  const kind = kindOf(flags.service);
  const context = kind === "context" && flags.service !== null ? flags.service : ROOT;
  const isAlembic = kind === "context" && flags.migrations === null && isAlembicProject(context);
  const said = flags.service === null ? {} : readPackage(flags.service, violations);
  const source: ContextSource = {
    kind,
    context,
    service: kind === "plain" ? flags.service : null,
    command: kind === "plain" ? plainCommand(flags.service ?? "", said, violations) : [],
    tool: isAlembic ? "alembic" : "node-pg-migrate",
    migrations: isAlembic ? context : findMigrations(flags.migrations, context, violations),
    ...(flags.service === null
      ? { endpoint: flags.endpoint ?? "/products", startupPath: "/health", notes: [] }
      : reachOf(said, flags, violations)),
  };
  if (isAlembic) violations.push(...checkAlembic(context, flags));
  // Another document, and another's arguments, may look for other things in the image.
  else if (kind === "context" && flags.document === null && !flags.args) {
    violations.push(...checkOwnDockerfile(context));
  }
  if (source.service !== null && !existsSync(join(source.service, "node_modules"))) {
    source.notes.push(
      "the service finds this repository's packages: its folder has no node_modules of its own",
    );
  }
  return { source, violations };
}

function kindOf(service: string | null): ServiceKind {
  if (service === null) return "own";
  return existsSync(join(service, "Dockerfile")) ? "context" : "plain";
}

/** `server.js`, else a start script of the form `node FILE …`: it is run without a shell. */
function plainCommand(folder: string, said: ServicePackage, violations: Misfit[]): string[] {
  if (existsSync(join(folder, "server.js"))) return ["node", "server.js"];
  const start = said.scripts?.start;
  if (typeof start === "string" && /^node( [\w./@=:-]+)+$/.test(start)) return start.split(" ");
  violations.push({
    path: "--service",
    expected:
      "a folder with a Dockerfile, a server.js or a package.json with a start script `node FILE`",
    got: quote(folder),
    remedy: "compile TypeScript first, or bring a Dockerfile",
  });
  return [];
}

function findMigrations(given: string | null, context: string, violations: Misfit[]): string {
  const folder = given ?? join(context, "migrations");
  const files = existsSync(folder) ? readdirSync(folder) : [];
  if (!files.some((file) => !file.startsWith("."))) {
    violations.push({
      path: given === null ? "--service" : "--migrations",
      expected: "a folder with migrations",
      got: `${quote(folder)} without any`,
      ...(given === null ? { remedy: "name their folder with --migrations" } : {}),
    });
  }
  return resolve(folder);
}

/** What a release of an Alembic project needs besides its files. */
function checkAlembic(
  context: string,
  { document, args }: { document: string | null; args?: string | null },
): Misfit[] {
  const violations: Misfit[] = [];
  if (!existsSync(pythonOf(context))) {
    violations.push({
      path: "--service",
      expected: "a virtual environment .venv in it, for RUN lines are not executed",
      got: "none",
      remedy: "run python3 -m venv .venv && .venv/bin/pip install -r requirements.txt there",
    });
  }
  if (document === null && !args) {
    violations.push({
      path: "--service",
      expected: "--args beside an Alembic project, for the stack migrates with node-pg-migrate",
      got: "none",
      remedy: 'write migration.command: ["alembic", "upgrade", "head"] there',
    });
  }
  return violations;
}

function reachOf(
  { rehearsal = {} }: ServicePackage,
  { endpoint, args }: { endpoint: string | null; args?: string | null },
  violations: Misfit[],
): { endpoint: string; startupPath: string | null; notes: string[] } {
  const notes: string[] = [];
  for (const [key, value] of Object.entries(rehearsal)) {
    if (typeof value !== "string" || !value.startsWith("/")) {
      const path = `package.json: rehearsal.${key}`;
      violations.push({ path, expected: "a path that starts with /", got: quote(value) });
    }
  }
  const ownEndpoint = typeof rehearsal.endpoint === "string" ? rehearsal.endpoint : null;
  const startupPath = typeof rehearsal.startupPath === "string" ? rehearsal.startupPath : null;
  if (endpoint === null && ownEndpoint === null) {
    notes.push(
      "the client asks for /: neither --endpoint nor package.json's rehearsal.endpoint names a path",
    );
  }
  if (startupPath === null && !args) {
    notes.push(
      "the startup probe connects to the port only: package.json's rehearsal.startupPath names no path",
    );
  }
  return { endpoint: endpoint ?? ownEndpoint ?? "/", startupPath, notes };
}

function readPackage(folder: string, violations: Misfit[]): ServicePackage {
  const file = join(folder, "package.json");
  if (!existsSync(file)) return {};
  const text = readFileSync(file, "utf8");
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Said below, as for any other text that is no object.
  }
  violations.push({ path: file, expected: "a JSON object", got: quote(text) });
  return {};
}
