import type { ReleaseResult, StepResult, StepSpan } from "../result";
import { seconds } from "../view/durations";
import { escapeHtml } from "./escapeHtml";

/** The steps of a release over time: a table whose last column draws when each one ran. */
export function timeline({ number, steps }: ReleaseResult, spans: readonly StepSpan[]): string {
  const end = Math.max(1, ...spans.map(({ endMs }) => endMs));
  const rows = steps.map((step) => {
    const span = spans.find(({ id }) => id === step.id);
    return `<tr><th scope="row">${escapeHtml(step.id)}</th><td>${status(step)}</td>
<td class="number">${step.status === "not-run" ? "" : seconds(step.durationMs)}</td><td class="when">${bar(step, span, end)}</td></tr>`;
  });
  return `<table class="timeline"><caption>Release ${number}, ${seconds(end)} in all</caption>
<thead><tr><th scope="col">Step</th><th scope="col">Status</th><th scope="col">Duration</th><th scope="col">When</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table>`;
}

function status({ status, exitCode }: StepResult): string {
  const code = exitCode === null || exitCode === 0 ? "" : `, exit code ${exitCode}`;
  return `<span class="${status}">${status}${code}</span>`;
}

/** Placed in percent of the release's time, by attributes of an SVG: no script, no style per row. */
function bar(step: StepResult, span: StepSpan | undefined, end: number): string {
  if (span === undefined || step.status === "not-run") return "";
  const left = (100 * span.startMs) / end;
  const width = Math.max(0.5, (100 * (span.endMs - span.startMs)) / end);
  const label = `from ${seconds(span.startMs)} to ${seconds(span.endMs)}`;
  return `<svg role="img" aria-label="${label}" width="100%" height="14"><rect class="bar ${step.status}" x="${left.toFixed(2)}%" y="1" width="${width.toFixed(2)}%" height="12" rx="2"/></svg>`;
}
