import { describe, expect, it } from "vitest";

import { STEP_IMAGES } from "../../components/build/images";
import { gcloudLines } from "./lines";
import { type CommandNode, commandTree } from "./sdk";

const tree = commandTree();
const lines = gcloudLines();

/** What of a command line gcloud's command tree does not know. */
function unknownWords(line: readonly string[]): string[] {
  let node: CommandNode = tree;
  const unknown: string[] = [];
  let at = 1;
  for (; at < line.length; at += 1) {
    const next = node.commands[line[at] ?? ""];
    if (next === undefined) break;
    node = next;
  }
  if (Object.keys(node.commands).length > 0) unknown.push(line.slice(0, at + 1).join(" "));
  for (; at < line.length; at += 1) {
    const [name = ""] = (line[at] ?? "").split("=");
    if (!name.startsWith("--")) continue;
    const kind = node.flags[name] ?? tree.flags[name];
    if (kind === undefined) unknown.push(name);
    else if (kind !== "bool" && !line[at]!.includes("=")) at += 1;
  }
  return unknown;
}

describe("gcloud's command tree", () => {
  it("is of the version that the steps run", () => {
    expect(STEP_IMAGES.gcloud).toMatch(/:\d+\.0\.0-slim$/);
    expect(Object.keys(tree.commands).length).toBeGreaterThan(100);
  });

  it("is asked about every line that a script has", () => {
    const paths = new Set(
      lines.map((line) =>
        line
          .slice(1, line[1] === "beta" ? 5 : 4)
          .join(" ")
          .replace(/ [-"$].*/, ""),
      ),
    );
    expect([...paths].sort()).toEqual([
      "beta run worker-pools describe",
      "beta run worker-pools update",
      "builds describe",
      "builds list",
      "run jobs describe",
      "run jobs execute",
      "run jobs executions",
      "run jobs update",
      "run revisions describe",
      "run services describe",
      "run services update",
      "run services update-traffic",
      "sql backups list",
    ]);
  });

  it.each(lines.map((line) => [line.join(" "), line] as const))("knows %s", (_, line) => {
    expect(unknownWords(line)).toEqual([]);
  });

  it.each(
    lines
      .filter((line) => line.includes("--container"))
      .map((line) => [line.join(" "), line] as const),
  )("finds the flags of the whole before --container: %s", (_, line) => {
    const after = line.slice(line.indexOf("--container"));
    expect(after.filter((word) => word.startsWith("--"))).toEqual([
      "--container",
      "--image",
      ...(line.includes("services") ? [] : ["--command", "--args"]),
    ]);
  });

  it("has worker pools in no release track but beta and alpha", () => {
    const tracks = [tree, tree.commands["beta"], tree.commands["alpha"]];
    expect(
      tracks.map((track) => track?.commands["run"]?.commands["worker-pools"] !== undefined),
    ).toEqual([false, true, true]);
  });

  it.each([
    ["gcloud run jobs execute x --image y", ["--image"]],
    ["gcloud run services promote x", ["gcloud run services promote"]],
    ["gcloud run services update x --traffic 5 --region r", ["--traffic"]],
    ["gcloud builds list --filter --nope --ongoing", []],
  ])("does not know everything: %s", (line, unknown) => {
    expect(unknownWords(line.split(" "))).toEqual(unknown);
  });
});
