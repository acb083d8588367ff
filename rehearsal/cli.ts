import { writeFile } from "node:fs/promises";
import { formatViolations, parseDocument } from "../components";
import { type StartArgs, USAGE, parseStartArgs } from "./args";
import { findContext } from "./contextSource";
import type { View } from "./events";
import { rehearse } from "./rehearse";
import { renderPage } from "./report/page";
import { drawSteps } from "./report/stepGraph";
import type { Rehearsal } from "./result";
import { canRedraw, listView } from "./view/listView";
import { plainView } from "./view/plainView";
import { summarize } from "./view/summary";

const SIGNAL_EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type EndingSignal = keyof typeof SIGNAL_EXIT_CODES;

void main(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});

/** Rehearses, prints, and tells the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const { args, violations } = parseStartArgs(argv);
  if (args.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  // A folder that is not there has been said already.
  const isNamed = !violations.some(({ path }) => path === "--service" || path === "--migrations");
  const context = isNamed ? findContext(args) : null;
  const all = [...violations, ...(context?.violations ?? [])];
  if (context === null || all.length > 0) {
    process.stderr.write(`${formatViolations(all)}\n`);
    return 1;
  }

  const ending = onEndingSignal();
  const view = canRedraw(process.stderr) ? listView(process.stderr) : plainView(tell);
  try {
    const rehearsal = await rehearse({
      source: context.source,
      stack: args.stack,
      args: args.args,
      document: args.document,
      onEvent: (event) => {
        view.show(event);
      },
      signal: ending.signal,
    });
    await view.close();
    await print(rehearsal, args);
    return rehearsal.result.ok ? 0 : 1;
  } catch (error) {
    return await explain(error, view, ending.received());
  }
}

/** The first signal lets the rehearsal clean up; another one ends it, and the watchdogs clean up. */
function onEndingSignal(): { signal: AbortSignal; received(): EndingSignal | null } {
  const controller = new AbortController();
  let received: EndingSignal | null = null;
  for (const name of Object.keys(SIGNAL_EXIT_CODES) as EndingSignal[]) {
    process.on(name, () => {
      if (received !== null) process.exit(SIGNAL_EXIT_CODES[name]);
      received = name;
      controller.abort(new Error(`ended by ${name}`));
    });
  }
  return { signal: controller.signal, received: () => received };
}

async function print(rehearsal: Rehearsal, args: StartArgs): Promise<void> {
  if (args.report !== null) {
    const graph = await drawSteps(parseDocument(rehearsal.details.documentText));
    await writeFile(args.report, renderPage(rehearsal, graph));
    tell(`report: ${args.report}`);
  }
  const summary = summarize(rehearsal);
  const text = args.json ? JSON.stringify(rehearsal.result, null, 2) : summary;
  process.stdout.write(`${text}\n`);
  // The contract says what happened, not what is wrong with it.
  if (args.json && !rehearsal.result.ok) tell(summary);
}

/** An error is said in its own words, without a stack trace: it is the caller's, not ours. */
async function explain(error: unknown, view: View, signal: EndingSignal | null): Promise<number> {
  await view.close();
  if (signal !== null) {
    tell(`ended by ${signal}; everything that was started is gone`);
    return SIGNAL_EXIT_CODES[signal];
  }
  tell(error instanceof Error ? error.message : String(error));
  return 1;
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
