import type { LockMode } from "../../../migrate/sql/locks/modes";
import type { Query } from "./shop";

/** A migration of the corpus. */
export interface Snippet {
  /** Stable: the page and its neighbour name it. */
  id: string;
  /** What it does, in a few words. */
  does: string;
  file: SnippetFile;
  /** SQL of files between the shop's and its own, oldest first; each of an older release. */
  before?: readonly string[];
  /** Rules that must find it, at the levels that `check` answers no for; none when it is safe. */
  finds: readonly string[];
  /** Rules that must give advice about it. */
  advises?: readonly string[];
  /** Of one that is unsafe, or advised against: the nearest one that is safe. */
  instead?: string;
  proof: Proof | Unproved;
}

export interface SnippetFile {
  extension: ".sql" | ".ts" | ".js";
  text: string;
}

/** What happens when it runs: all of it, so what is not named must not be observed. */
export interface Proof {
  /** The strongest lock on each table that was there, from SHARE UPDATE EXCLUSIVE on. */
  locks?: Readonly<Record<string, LockMode>>;
  /** Tables that a statement locks or reads though it does not name them: the catalogue alone tells. */
  unnamed?: readonly string[];
  /** Tables that get new files with rows in them. */
  rewrites?: readonly string[];
  /** Tables that are read whole. */
  reads?: readonly string[];
  /** Tables of which more than 10,000 rows are written in one transaction. */
  writes?: readonly string[];
  /** Who waits at a table while another statement, or the same one, does one of these three. */
  holdsUp?: Readonly<Record<string, "writers" | "readers and writers">>;
  /** SQLSTATE with which it fails. */
  fails?: string;
  /** What the serving revision's queries answer from then on, where it is not what they did. */
  breaks?: Readonly<Partial<Record<Query, string>>>;
  /** SQLSTATE with which it fails when it is run again after its last statement has failed. */
  again?: string;
  /** Its transaction is over before the tool ends it. */
  endsTransaction?: true;
  /** Something of its own that is tried afterwards, and what that gives. */
  trial?: Trial;
}

export type Trial =
  /** A query of the service, once the migration is done. */
  | { kind: "query"; sql: string; gives: string }
  /** The service's transaction, begun before the migration: its first and its second statement. */
  | { kind: "transaction"; sql: readonly [string, string]; gives: string }
  /** The build of its index is cancelled, and the file is run again. */
  | { kind: "cancel"; gives: string };

/** Nothing that a server shows. */
export interface Unproved {
  because: string;
}

export function isProof(proof: Proof | Unproved): proof is Proof {
  return !("because" in proof);
}

/** Found at a level that `check` answers no for, advised against, or neither. */
export function labelOf({ finds, advises = [] }: Snippet): "unsafe" | "advice" | "safe" {
  if (finds.length > 0) return "unsafe";
  return advises.length > 0 ? "advice" : "safe";
}

export function sql(text: string): SnippetFile {
  return { extension: ".sql", text: `${text.trim()}\n` };
}

/** A TypeScript migration of which only what `up` does is written. */
export function ts(body: string): SnippetFile {
  const lines = body.trim().split("\n");
  const text = [
    'import type { MigrationBuilder } from "node-pg-migrate";',
    "",
    "export const up = (pgm: MigrationBuilder): void => {",
    ...lines.map((line) => `  ${line}`),
    "};",
    "",
  ].join("\n");
  return { extension: ".ts", text };
}

/** A JavaScript migration of which only what `up` does is written. */
export function js(body: string): SnippetFile {
  const lines = body.trim().split("\n");
  const text = ["exports.up = (pgm) => {", ...lines.map((line) => `  ${line}`), "};", ""];
  return { extension: ".js", text: text.join("\n") };
}
