import type { Finding } from "../findings/finding";
import { paint, paintLevel } from "../output/paint";
import type { Plan, PlannedFile, PlannedLock, PlannedStatement } from "./plan";

/** A plan as a person reads it: transactions, files, statements, and below each its locks and findings. */
export function toLines({ version, pending, findings }: Plan): string[] {
  const schema = version === null ? "nothing is applied" : `the schema is at ${version}`;
  if (pending.length === 0) return [`plan: nothing is pending, ${schema}`];
  const transactions = new Set(pending.map(({ name, transaction }) => transaction ?? name)).size;
  const counts = `${count(pending.length, "file")} pending, ${count(transactions, "step")}`;
  const lines = pending.flatMap((file, index) => [
    ...headingOf(file, pending[index - 1]),
    ...linesOf(
      file,
      findings.filter((finding) => finding.file === file.file),
    ),
  ]);
  return [`plan: ${counts}; ${schema}`, ...lines];
}

function headingOf({ transaction }: PlannedFile, before: PlannedFile | undefined): string[] {
  if (transaction === null) return ["", paint("bold", "outside a transaction")];
  return before?.transaction === transaction
    ? []
    : ["", paint("bold", `transaction ${transaction}`)];
}

function linesOf(
  { file, statements, unknown }: PlannedFile,
  findings: readonly Finding[],
): string[] {
  const isPlaced = ({ line }: Finding): boolean =>
    line !== null && statements.some((statement) => statement.line === line);
  return [
    `  ${paint("bold", file)}`,
    ...(unknown === null ? [] : [`    its statements are not known before it runs: ${unknown}`]),
    ...findings
      .filter((finding) => !isPlaced(finding))
      .map((finding) => `    ${formatFinding(finding)}`),
    ...statements.flatMap((statement) => [
      ...formatSql(statement),
      ...statement.locks.map((lock) => `      ${formatLock(lock)}`),
      ...findings
        .filter(({ line }) => line !== null && line === statement.line)
        .map((finding) => `      ${formatFinding(finding)}`),
    ]),
  ];
}

function formatSql({ sql, line }: PlannedStatement): string[] {
  const [first = "", ...others] = sql.split(/\r?\n/);
  const place = line === null ? "" : paint("dim", `${line}: `);
  return [`    ${place}${first}`, ...others.map((text) => `      ${text}`)];
}

function formatLock({ table, mode, blocks, rewrites, scans, rows, bytes }: PlannedLock): string {
  const size = [
    rows === null ? null : `about ${rows.toLocaleString("en-US")} rows`,
    bytes === null ? null : formatBytes(bytes),
  ].filter((part) => part !== null);
  const work =
    rewrites === true
      ? ", writes it anew"
      : rewrites === null
        ? ", may write it anew"
        : scans === true
          ? ", reads all of it"
          : scans === null
            ? ", may read all of it"
            : "";
  const where = size.length === 0 ? table : `${table} (${size.join(", ")})`;
  const waiting = blocks === "nobody" ? "nobody waits" : `${blocks} wait`;
  const colour = blocks === "nobody" ? "dim" : "yellow";
  return paint(colour, `${mode} on ${where}: ${waiting}${work}`);
}

function formatFinding({ level, rule, message, remedy }: Finding): string {
  return `${paintLevel(level)} [${rule}] ${message}; ${remedy}`;
}

/** `12 kB`, as PostgreSQL's pg_size_pretty has it. */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 10_240 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${Math.round(value)} ${units[unit] ?? ""}`;
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}
