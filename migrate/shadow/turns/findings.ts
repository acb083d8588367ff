import type { Finding, Level } from "../../findings/finding";
import type { LoadedMigration } from "../../files/load";
import type { RunOutcome } from "../../run/outcome";
import { ShadowError } from "../shadowServer";
import type { VerifyRun } from "./run";

/** What a finding says of the migration that it is about; null of the folder. */
interface Fault {
  rule: string;
  level: Level;
  message: string;
  remedy: string;
}

/** Adds a finding about a migration; null is about all of them. */
export function report(run: VerifyRun, migration: LoadedMigration | null, fault: Fault): void {
  const file = migration?.file.shownPath ?? run.settings.shownFolder;
  add(run, { ...fault, file, line: null, url: null });
}

/** Adds a finding about a failed run; `says` is what it means. */
export function reportFailure(
  run: VerifyRun,
  { failure, error, next }: RunOutcome,
  rule: string,
  says: string,
  level: Level = "error",
): void {
  const { shownFolder } = run.settings;
  if (failure === null) {
    const message = `${says}: ${(error ?? "").split("\n").join("; ")}`;
    const remedy = next ?? "correct the migrations";
    add(run, { rule, level, file: shownFolder, line: null, message, remedy, url: null });
    return;
  }
  refuseMissingExtension(failure.message);
  const { code, file, line } = failure;
  const message = `${says}: ${failure.message}${code === null ? "" : ` (${code})`}`;
  const remedy = remedyOf(failure);
  add(run, { rule, level, file: file ?? shownFolder, line, message, remedy, url: null });
}

/** Adds a finding, unless another turn has found the same. */
export function add(run: VerifyRun, finding: Finding): void {
  if (finding.level !== "note") run.faults += 1;
  const isKnown = run.findings.some(
    ({ rule, file, message }) =>
      rule === finding.rule && file === finding.file && message === finding.message,
  );
  if (!isKnown) run.findings.push(finding);
}

/** The migration may be right: nobody can tell here. */
function refuseMissingExtension(message: string): void {
  const name =
    /^extension "([^"]+)" is not available/.exec(message)?.[1] ??
    /^could not open extension control file ".*\/([^/"]+)\.control"/.exec(message)?.[1];
  if (name !== undefined) throw missingExtension([name]);
}

export function missingExtension(names: readonly string[]): ShadowError {
  const many = names.length > 1;
  return new ShadowError(
    `this PostgreSQL does not have the extension${many ? "s" : ""} ${names.join(", ")}`,
    `name an empty server that has ${many ? "them" : "it"} with --shadow-url, such as a container of an image with ${many ? "them" : "it"}`,
  );
}

function remedyOf({ code, message, remedy }: NonNullable<RunOutcome["failure"]>): string {
  const role = /^role "([^"]+)" does not exist/.exec(message)?.[1];
  if (code === "42704" && role !== undefined) {
    return `if it is the service's login, add --runtime-role ${role}; if others make it, add --other-roles ${role}`;
  }
  const extension = /^permission denied to create extension "([^"]+)"/.exec(message)?.[1];
  if (code === "42501" && extension !== undefined) {
    return `only a superuser may create it: write CREATE EXTENSION IF NOT EXISTS, and add --extensions ${extension}, to up as well`;
  }
  const known = /"([^"]+)" does not exist|^(?:function|operator class) "?([\w]+)/.exec(message);
  const from = OF_EXTENSIONS[known?.[1] ?? known?.[2] ?? ""];
  return from === undefined ? remedy : `if it is the extension's, add --extensions ${from}`;
}

/** What migrations use of extensions, and of which. */
const OF_EXTENSIONS: Readonly<Record<string, string>> = {
  citext: "citext",
  hstore: "hstore",
  ltree: "ltree",
  cube: "cube",
  vector: "vector",
  geometry: "postgis",
  geography: "postgis",
  gin_trgm_ops: "pg_trgm",
  gist_trgm_ops: "pg_trgm",
  similarity: "pg_trgm",
  unaccent: "unaccent",
  crypt: "pgcrypto",
  gen_salt: "pgcrypto",
  digest: "pgcrypto",
  gen_random_bytes: "pgcrypto",
  uuid_generate_v1: "uuid-ossp",
  uuid_generate_v4: "uuid-ossp",
};
