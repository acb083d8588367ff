import type { Finding, Level } from "../../findings/finding";
import type { LoadedMigration } from "../../files/load";
import type { RunOutcome } from "../../run/outcome";
import { type Beforehand, missingExtension } from "../extensions";
import { remedyOf } from "../remedies";
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

/** Adds a note about an extension that a file asks for and its role may not create. */
export function reportBeforehand(run: VerifyRun, { name, migration }: Beforehand): void {
  if (migration === null) return;
  report(run, migration, {
    rule: "extension-beforehand",
    level: "note",
    message: `${name} was made before the migrations, for ${run.settings.role} may not create it`,
    remedy: `add --extensions ${name} to up, which creates it as the login`,
  });
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
