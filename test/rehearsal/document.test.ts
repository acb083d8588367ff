import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { type AnyBuildDocument, type AnyBuildStep, parseDocument } from "../../components";
import { evaluateStack, render } from "../../inventory";
import { start, startJson } from "./start";

const folder = mkdtempSync(join(tmpdir(), "document-"));
/** What `npm run render` prints: with a job that migrates, and with a step that does. */
let rendered: string;
let renderedWithStep: string;

beforeAll(async () => {
  rendered = await render([]);
  renderedWithStep = await render(["--connectivity", "BuildStep"]);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What somebody might do to the document, and what is said of it. */
const BROKEN: [string, (steps: AnyBuildStep[]) => AnyBuildStep[], RegExp][] = [
  [
    "without migrate",
    (steps) =>
      steps
        .filter(({ id }) => id !== "migrate")
        .map((step) => (step.id === "deploy" ? { ...step, waitFor: ["check"] } : step)),
    /release 1: schema: expected its migrations applied, got no change/,
  ],
  [
    "with migrate waiting for nothing in particular",
    (steps) => steps.map((step) => (step.id === "migrate" ? without(step, "waitFor") : step)),
    /^ {2}steps\[\w+\]\.waitFor: /m,
  ],
  [
    "with nobody waiting for migrate",
    (steps) =>
      steps.map((step) => ({
        ...step,
        waitFor: step.waitFor?.map((id) => (id === "migrate" ? "check" : id)),
      })),
    /^ {2}steps\[\w+\]\.waitFor: /m,
  ],
  [
    "with promote before migrate",
    (steps) => {
      const find = (id: string): AnyBuildStep => steps.find((step) => step.id === id)!;
      return [
        ...steps.filter(({ id }) => !["migrate", "deploy", "promote"].includes(id ?? "")),
        { ...find("deploy"), waitFor: ["check"] },
        find("promote"),
        { ...find("migrate"), waitFor: ["promote"] },
      ];
    },
    /release 1: requests: expected no failed one, got [1-9]/,
  ],
  [
    "with a migrate that does nothing by its script",
    (steps) => steps.map((step) => (step.id === "migrate" ? { ...step, script: "true" } : step)),
    /release 1: schema: expected its migrations applied, got no change/,
  ],
  [
    "with a migrate that does nothing by its args",
    (steps) =>
      steps.map((step) =>
        step.id === "migrate" ? { ...step, entrypoint: "true", args: [] } : step,
      ),
    /release 1: schema: expected its migrations applied, got no change/,
  ],
];

describe("npm start --document", { timeout: 240_000 }, () => {
  it.each(BROKEN)("fails on a document %s", async (name, change, said) => {
    const text = name.includes("args") ? renderedWithStep : rendered;
    const document: AnyBuildDocument = parseDocument(text);
    const file = join(folder, `${name.replaceAll(" ", "-")}.yaml`);
    writeFileSync(file, stringify({ ...document, steps: change(document.steps ?? []) }));

    const run = start("--document", file);
    const { exitCode, stdout } = await run.ended;
    expect(stdout).toContain("breaks the rules of a release");
    expect(stdout).toMatch(said);
    expect(stdout).toMatch(
      /^(not every release ended as announced; )?the document breaks \d rules? of a release, after /m,
    );
    expect(run.lines.join("\n")).not.toMatch(/^\s+at /m);
    expect(exitCode).toBe(1);
  });

  it("plays what the stack's trigger will run", async () => {
    const { outputs } = await evaluateStack({ stack: "dev" });
    expect(outputs["cloudBuildYaml"]).toBe(rendered);
  });

  it("ends as announced with the other connectivity, whose migration is a step", async () => {
    const file = join(folder, "build-step.yaml");
    writeFileSync(file, renderedWithStep);
    const { exitCode, result, stderr } = await startJson("--document", file);
    expect(stderr).not.toContain(", but ");
    expect(exitCode).toBe(0);
    expect(result.releases[1]).toMatchObject({ failedStep: "migrate", requests: { failed: 0 } });
  });

  it("says what the article's document has and lacks, and that it cannot run here", async () => {
    const seed = join(__dirname, "..", "build", "fixtures", "seed-cloudbuild.yaml");
    const run = start("--document", seed);
    const { exitCode, stdout } = await run.ended;
    expect(exitCode).toBe(1);
    expect(stdout).toContain("Secret [POSTGRES_USER] not found");
    expect(stdout).toMatch(/lacks {2}has {4}pushed-before-migration: /);
    expect(stdout).toMatch(/lacks {2}has {4}secrets-pinned: /);
    expect(stdout).toMatch(/lacks {2}has {4}one-release-at-a-time: /);
    expect(stdout).toMatch(/release 1: outcome: expected released, got failed/);
    expect(`${run.lines.join("\n")}\n${stdout}`).not.toMatch(/^\s+at /m);
  });

  it("says what Cloud Build would refuse, before anything starts", async () => {
    const file = join(folder, "dangling.yaml");
    const steps = parseDocument(rendered).steps ?? [];
    writeFileSync(file, stringify({ steps: steps.filter(({ id }) => id !== "migrate") }));
    const run = start("--document", file);
    const { exitCode, stdout } = await run.ended;
    expect(exitCode).toBe(1);
    expect(stdout).toBe("");
    expect(run.lines.join("\n")).toMatch(/^.*dangling\.yaml: invalid build\n.*waitFor.*migrate/);
    expect(run.lines.join("\n")).not.toMatch(/^\s+at |starting/m);
  });

  it("says where a file is no document", async () => {
    const file = join(folder, "text.yaml");
    writeFileSync(file, "just text\n");
    const run = start("--document", file);
    const { exitCode, stdout } = await run.ended;
    expect(exitCode).toBe(1);
    expect(stdout).toBe("");
    expect(run.lines.join("\n")).toContain(`${file}: expected a Cloud Build document`);
    expect(run.lines.join("\n")).not.toMatch(/^\s+at /m);
  });
});

function without(step: AnyBuildStep, key: keyof AnyBuildStep): AnyBuildStep {
  return Object.fromEntries(Object.entries(step).filter(([name]) => name !== key));
}
