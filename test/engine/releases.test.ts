import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { DEVELOPMENT } from "./support/args";
import { mutating, type Call } from "./support/cloud";
import { Engine, type Run } from "./support/engine";
import { changedNothing, holdsTogether, said, succeeded } from "./support/expectations";
import { otherProgram, ourStack, tell, type Program } from "./support/programs";
import { JOB, PINNED, PROMOTED, release, released, SERVICE } from "./support/release";

const GOLDEN = join(process.cwd(), "test/golden/engine");
const IMAGE = released("a");

interface Subject {
  title: string;
  program: Program;
  /** Whether every operation reads everything before. */
  reads: boolean;
  changeEnv: (engine: Engine) => void;
}

function changeOther(refresh: boolean): (engine: Engine) => void {
  return (engine) => {
    tell(engine.project, {
      args: { ...DEVELOPMENT, service: { env: { COLOUR: "blue" } } },
      refresh,
    });
  };
}

const SUBJECTS: Subject[] = [
  {
    title: "the repository's stack",
    program: ourStack("dev"),
    reads: true,
    changeEnv(engine) {
      const path = join(engine.project, "index.ts");
      const source = readFileSync(path, "utf8");
      const changed = source.replace("env: { ", 'env: { COLOUR: "blue", ');
      expect(changed).not.toBe(source);
      writeFileSync(path, changed);
    },
  },
  {
    title: "a program of somebody else that reads before",
    program: otherProgram({ args: DEVELOPMENT, refresh: true }),
    reads: true,
    changeEnv: changeOther(true),
  },
  {
    title: "a program of somebody else",
    program: otherProgram({ args: DEVELOPMENT }),
    reads: false,
    changeEnv: changeOther(false),
  },
];

const open: Engine[] = [];
afterEach(() => {
  for (const engine of open.splice(0)) engine.close();
});

async function start({ program }: Subject): Promise<Engine> {
  const engine = await Engine.open(program);
  open.push(engine);
  succeeded(await engine.run("up"));
  return engine;
}

describe.each(SUBJECTS)("$title", (subject) => {
  it.each([
    { how: "finished", traffics: PROMOTED },
    { how: "stopped", traffics: PINNED },
  ] as const)("keeps what a release left that has $how", async ({ how, traffics }) => {
    const engine = await start(subject);
    release(engine.cloud, IMAGE, how);

    const unchanged = await engine.run("up");
    if (subject.reads) changedNothing(unchanged);
    else sendsBack(unchanged, traffics);
    served(engine, traffics);
    expect(said(unchanged).includes("is pinned to shop-dev-00001-xyz")).toBe(how === "stopped");
    changedNothing(await engine.run("up"));

    subject.changeEnv(engine);
    const run = await engine.run("up");
    succeeded(run);
    const [update, ...others] = mutating(run.calls);
    expect(others).toEqual([]);
    expect(update?.method).toBe("update");
    expect(update?.type).toBe(SERVICE);
    const reader = subject.reads ? "reading" : "not-reading";
    const whose = subject.title === "the repository's stack" ? "stack" : reader;
    await expect(bodyOf(update!)).toMatchFileSnapshot(`${GOLDEN}/env-change-${whose}-${how}.json`);
    served(engine, traffics);
    await holdsTogether(engine);
  });

  it("stops when it cannot read what serves, in a preview too", async () => {
    const engine = await start(subject);
    release(engine.cloud, IMAGE, "finished");
    engine.cloud.rules([
      { method: "invoke", endsWith: "getService", error: "googleapi: Error 503: later" },
    ]);
    subject.changeEnv(engine);
    for (const operation of ["preview", "up"] as const) {
      const run = await engine.run(operation);
      expect(run.ok).toBe(false);
      expect(said(run)).toContain("cannot read services/shop-dev");
      expect(said(run)).not.toContain("cloudrun/container/hello");
      expect(mutating(run.calls)).toEqual([]);
    }
    served(engine, PROMOTED);
  });

  it("puts containers back that somebody reordered, each with its own image", async () => {
    const engine = await start(subject);
    release(engine.cloud, IMAGE, "finished");
    changedNothingOrSame(await engine.run("up"));
    const proxy = imagesOf(engine)["cloud-sql-proxy"];
    engine.cloud.change(SERVICE, ({ inputs }) => {
      (inputs["template"] as { containers: unknown[] }).containers.reverse();
    });
    const run = await engine.run("up", { refresh: true });
    succeeded(run);
    expect(mutating(run.calls).map(({ method, type }) => [method, type])).toEqual([
      ["update", SERVICE],
    ]);
    expect(imagesOf(engine)).toEqual({ app: IMAGE, "cloud-sql-proxy": proxy });
    expect(Object.keys(imagesOf(engine))).toEqual(["app", "cloud-sql-proxy"]);
  });
});

describe("an environment that is new", () => {
  it("starts with the placeholder where the Run API is not enabled yet", async () => {
    const engine = await Engine.open(otherProgram({ args: DEVELOPMENT }));
    open.push(engine);
    const words =
      "googleapi: Error 403: Cloud Run Admin API has not been used in project 1 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/run.googleapis.com/overview, SERVICE_DISABLED";
    engine.cloud.rules([{ method: "invoke", error: words }]);
    succeeded(await engine.run("up"));
    expect(imagesOf(engine)["app"]).toBe("us-docker.pkg.dev/cloudrun/container/hello");
  });
});

describe("a rotation of the passwords", () => {
  it("is refused while traffic is pinned, before anything is sent", async () => {
    const engine = await start(SUBJECTS[2]!);
    release(engine.cloud, IMAGE, "stopped");
    succeeded(await engine.run("up"));
    tell(engine.project, { args: { ...DEVELOPMENT, database: { passwordGeneration: 2 } } });
    const run = await engine.run("up");
    expect(run.ok).toBe(false);
    expect(said(run)).toContain("promote a release first");
    const users = mutating(run.calls).filter(({ type }) => /User$|cloudrunv2/.test(type));
    expect(users).toEqual([]);
    served(engine, PINNED);
  });
});

/** Without reading before, the same image and traffic may be sent again, and nothing else. */
function sendsBack(run: Run, traffics: unknown): void {
  succeeded(run);
  for (const { method, type, body } of mutating(run.calls)) {
    expect(method).toBe("update");
    expect([SERVICE, JOB]).toContain(type);
    expect(JSON.stringify(body)).toContain(IMAGE);
    if (type === SERVICE) expect(body["traffics"]).toEqual(traffics);
  }
}

function changedNothingOrSame(run: Run): void {
  sendsBack(run, PROMOTED);
}

function served(engine: Engine, traffics: unknown): void {
  expect(imagesOf(engine)["app"]).toBe(IMAGE);
  expect(engine.cloud.only(SERVICE).inputs["traffics"]).toEqual(traffics);
  expect(JSON.stringify(engine.cloud.only(JOB).inputs)).toContain(IMAGE);
}

function imagesOf(engine: Engine): Record<string, string> {
  const { template } = engine.cloud.only(SERVICE).inputs as {
    template: { containers: { name: string; image: string }[] };
  };
  return Object.fromEntries(template.containers.map(({ name, image }) => [name, image]));
}

/** The request's body; the instance's name ends in characters of chance. */
function bodyOf({ body }: Call): string {
  return `${JSON.stringify(body, null, 2).replace(/(shop-dev)-[0-9a-f]{7}\b/g, "$1-*******")}\n`;
}
