import type { Finding } from "../../findings/finding";
import type { CommittedFolder } from "../../git/baseFolder";
import { formatDuration } from "../../settings/duration";
import type { FileTime, NotFilledBefore, Turn, TurnName, VerifyRun } from "./run";

/** What `verify` answers. */
export interface VerifyReport {
  server: { kind: "embedded" | "url"; version: string };
  /** How many rows each table had; null for none. */
  rows: number | null;
  /** What was there before the new migrations; null without `--base`. */
  previousRelease: { commit: string; migrations: number; newMigrations: string[] } | null;
  turns: Turn[];
  files: FileTime[];
  notReversibleFrom: string | null;
  notFilled: NotFilledBefore[];
  findings: Finding[];
  durationMs: number;
}

export function toReport(
  run: VerifyRun,
  base: CommittedFolder | null,
  durationMs: number,
): VerifyReport {
  const { shadow, settings, migrations, times, old } = run;
  const names = migrations.map(({ file }) => file.name);
  return {
    server: { kind: shadow.kind, version: shadow.version },
    rows: settings.rows,
    previousRelease: base && {
      commit: base.commit,
      migrations: base.files.length,
      newMigrations: names.filter((name) => !old.has(name)),
    },
    turns: run.turns,
    files: names.map((name) => times.get(name) ?? { name, upMs: null, downMs: null }),
    notReversibleFrom: run.notReversibleFrom,
    notFilled: run.notFilled,
    findings: run.findings,
    durationMs: Math.round(durationMs),
  };
}

/** Whether nothing has to be changed. */
export function isOk({ findings }: VerifyReport): boolean {
  return findings.every(({ level }) => level === "note");
}

/** Fields of the document when nothing could be tried. */
export const EMPTY_REPORT = {
  ok: false,
  ...{ server: null, rows: null, previousRelease: null, turns: [], files: [] },
  ...{ notReversibleFrom: null, notFilled: [], findings: [], durationMs: 0 },
};

export function toVerifyDocument(report: VerifyReport): object {
  const ok = isOk(report);
  return { formatVersion: 1, command: "verify", ok, ...report, error: null };
}

const SAYS: Readonly<Record<TurnName, string>> = {
  up: "up from zero, in one go",
  "up-again": "up again: nothing to do",
  "one-by-one": "up from zero, one by one",
  down: "down, one by one",
  "up-after-down": "up after down",
  "previous-release": "the previous release, then what is new",
};

export function toVerifyLines(report: VerifyReport): string[] {
  const { findings, files, notFilled, rows } = report;
  const faults = findings.filter(({ level }) => level !== "note").length;
  return [
    ...report.turns.map(toTurnLine),
    ...(rows === null ? [] : [`each table had ${rows} rows`]),
    ...toFileLines(files),
    ...notFilled.map(
      ({ table, migration, reason }) =>
        `not filled before ${migration ?? "the way back"}: ${table}: ${reason}`,
    ),
    ...findings.flatMap(toFindingLines),
    faults === 0 ? "verify: nothing to change" : `verify: ${faults} to change`,
  ];
}

function toTurnLine({ turn, ok, migrations, durationMs, reason }: Turn): string {
  const state = ok === null ? "not run" : ok ? "ok" : "failed";
  const count = `${migrations} ${migrations === 1 ? "migration" : "migrations"}`;
  const rest = reason ?? (turn === "up-again" ? "" : `${count}, ${formatDuration(durationMs)}`);
  return [state.padEnd(7), SAYS[turn], rest === "" ? "" : `(${rest})`].join("  ").trimEnd();
}

function toFileLines(files: readonly FileTime[]): string[] {
  const width = Math.max(0, ...files.map(({ name }) => name.length));
  return files.map(({ name, upMs, downMs }) => {
    const times = [
      upMs === null ? null : `up ${formatDuration(upMs)}`,
      downMs === null ? null : `down ${formatDuration(downMs)}`,
    ].filter((time) => time !== null);
    return `        ${name.padEnd(width)}  ${times.join(", ")}`.trimEnd();
  });
}

/** The first line as `check` writes it; what differs stands below. */
function toFindingLines({ file, line, level, rule, message, remedy }: Finding): string[] {
  const place = line === null ? file : `${file}:${line}`;
  const [first = "", ...rest] = message.split("\n");
  return [`${place}: ${level} [${rule}] ${first}; ${remedy}`, ...rest];
}
