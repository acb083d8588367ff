import type { AnyBuildDocument } from "../../components";
import { stepIds } from "../stepIds";

/** Draws the steps of a document and what each one waits for, as an SVG element. */
export async function drawSteps(document: AnyBuildDocument): Promise<string> {
  // ESM only: a CommonJS module reaches it by a dynamic import.
  const { Graphviz } = await import("@hpcc-js/wasm-graphviz");
  const graphviz = await Graphviz.load();
  const svg = graphviz.dot(stepGraph(document), "svg");
  return inlineSvg(svg);
}

/** The steps in Graphviz's language. Nodes have numbers for names: labels are the only foreign text. */
export function stepGraph(document: AnyBuildDocument): string {
  const ids = stepIds(document);
  const edges = (document.steps ?? []).flatMap((step, index) =>
    predecessors(step.waitFor, index, ids).map((before) => `  s${before} -> s${index};`),
  );
  return [
    "digraph steps {",
    '  rankdir=LR; bgcolor="transparent"; pad=0.1; nodesep=0.25; ranksep=0.35;',
    '  node [shape=box style="rounded,filled" fillcolor="#eef3fa" color="#34567d" fontname="sans-serif" fontsize=13 fontcolor="#14283f" margin="0.16,0.08"];',
    '  edge [color="#5b6b7d" arrowsize=0.7];',
    ...ids.map((id, index) => `  s${index} [label=${quoted(id)}];`),
    ...edges,
    "}",
  ].join("\n");
}

/** Without `waitFor` a step waits for all before it; drawn are only those that nothing else implies. */
function predecessors(
  waitFor: readonly string[] | undefined,
  index: number,
  ids: readonly string[],
): number[] {
  if (waitFor === undefined || waitFor.length === 0) return index === 0 ? [] : [index - 1];
  return waitFor.map((id) => ids.indexOf(id)).filter((before) => before >= 0 && before < index);
}

function quoted(text: string): string {
  const plain = text.replace(/[\p{Cc}]/gu, " ");
  return `"${plain.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/** Leaves the element alone: no prolog, no comments, a name for those who cannot see it. */
function inlineSvg(svg: string): string {
  return svg
    .slice(svg.indexOf("<svg"))
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace("<svg ", '<svg role="img" aria-label="Steps and what each one waits for" ');
}
