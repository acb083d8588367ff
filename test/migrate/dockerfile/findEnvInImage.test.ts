import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { findEnvInImage } from "../../../migrate/dockerfile/findEnvInImage";
import type { Finding } from "../../../migrate/findings/finding";

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

interface Question {
  /** Where the user is. */
  cwd?: string;
  migrations?: string;
  dockerfile?: string;
}

async function find(
  files: Record<string, string>,
  { cwd = ".", migrations = "migrations", dockerfile }: Question = {},
): Promise<Finding[]> {
  const root = mkdtempSync(join(tmpdir(), "migrate-test-"));
  folders.push(root);
  mkdirSync(join(root, ".git"));
  mkdirSync(join(root, migrations), { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const place = { folder: join(root, migrations), cwd: join(root, cwd) };
  return findEnvInImage({ ...place, dockerfile: dockerfile ?? null });
}

const toText = ({ file, line, level, message }: Finding): string =>
  `${file}:${line ?? ""}: ${level} ${message}`;

async function say(files: Record<string, string>, question?: Question): Promise<string[]> {
  return (await find(files, question)).map(toText);
}

const ALL = "FROM node\nCOPY . .\n";
const FOUND = "Dockerfile:2: error COPY . . would take a .env into the image";
const SOME =
  "Dockerfile:2: note COPY . . would take a .env.local or .env.production into the image";

it("says which line would take it, and what to do", async () => {
  expect(await find({ Dockerfile: ALL })).toEqual([
    {
      rule: "env-in-image",
      level: "error",
      file: "Dockerfile",
      line: 2,
      message: "COPY . . would take a .env into the image",
      remedy: "write **/.env* as the last line of .dockerignore",
      url: "https://docs.docker.com/build/concepts/context/#dockerignore-files",
    },
  ]);
});

it("finds nothing without a Dockerfile", async () => {
  expect(await find({})).toEqual([]);
});

describe("COPY", () => {
  it.each([
    ["COPY . .", "FROM node\nCOPY . .", 2],
    ["ADD . /srv", "FROM node\nADD . /srv", 2],
    ["COPY ./ ./", "FROM node\nCOPY ./ ./", 2],
    ["COPY / .", "FROM node\nCOPY / .", 2],
    ["COPY ../ .", "FROM node\nCOPY ../ .", 2],
    ["COPY * ./", "FROM node\nCOPY * ./", 2],
    ["COPY .* ./", "FROM node\nCOPY .* ./", 2],
    ["COPY [.]en? ./", "FROM node\nCOPY [.]en? ./", 2],
    ["COPY package.json .env* ./", "FROM node\nCOPY package.json .env* ./", 2],
    ['COPY [".", "/app"]', 'FROM node\nCOPY ["." , "/app"]', 2],
    ["COPY --chown=node . .", "FROM node\nRUN x\n\nCOPY --chown=node . .", 4],
    ["COPY ${FROM:-.} .", "FROM node\nCOPY ${FROM:-.} .", 2],
    ["COPY $SOURCE .", "ARG SOURCE=.\nFROM node\nARG SOURCE\nCOPY $SOURCE .", 4],
    ["COPY $S .", "FROM node\nENV S=.\nARG S=src\nCOPY $S .", 4],
    ["COPY --exclude=*.md . .", "FROM node\nCOPY --exclude=*.md . .", 2],
    ["COPY --parents ** /app/", "FROM node\nCOPY --parents ** /app/", 2],
    ["COPY . .", "FROM node\nRUN <<EOF\nCOPY src .\nEOF\nCOPY . .", 5],
    ["COPY . .", "# escape=`\nFROM node\nCOPY . `\n  .", 3],
  ])("takes it by %s", async (_, text, line) => {
    const found = await find({ Dockerfile: text });
    expect(found.map((one) => [one.level, one.line])).toEqual([["error", line]]);
  });

  it.each([
    ["what it names", "COPY package.json src ./"],
    ["files by a pattern", "COPY package*.json *.ts ./"],
    ["a folder by a pattern", "COPY src* ./"],
    ["what ADD downloads", "ADD https://example.com/.env ./"],
    ["a repository", "ADD git@example.com:a/b.git /src"],
    ["what another image holds", "COPY --from=nginx . ."],
    ["what is written in the Dockerfile", "COPY <<EOF /app/.env\nA=1\nEOF"],
    ["all but what it excludes", "COPY --exclude=.env* . ."],
    ["the example", "COPY .env.example ./.env"],
    ["a comment", "# COPY . ."],
    ["a folder that nobody has named", "ARG DIR\nCOPY $DIR/src ."],
    ["a pattern that Docker refuses", "COPY [a ."],
  ])("takes only %s", async (_, line) => {
    expect(await say({ Dockerfile: `FROM node\n${line}\n` })).toEqual([]);
  });

  it("that names the file itself fails without it, so there is one", async () => {
    const [found] = await find({ Dockerfile: "FROM node\nCOPY ./config/.env.staging /app/.env\n" });
    expect(found).toMatchObject({
      level: "error",
      message: "COPY ./config/.env.staging /app/.env takes config/.env.staging into the image",
      remedy: "take it out of the line, and give the values as environment variables or secrets",
    });
  });
});

describe("stages", () => {
  const BUILD = "FROM node AS build\nWORKDIR /app\nCOPY . .\nRUN npm run build\nFROM node\n";
  const IN_STAGE =
    "Dockerfile:3: warning COPY . . would take a .env into the stage build, whose commands can write its values into what the image gets";
  const PASSED = (line: number): string =>
    `Dockerfile:3: error COPY . . would take a .env into the stage build, and line ${line} on into the image`;

  it.each([
    ["COPY --from=build /app/dist ./dist", IN_STAGE],
    ["COPY --from=build /app/package*.json ./", IN_STAGE],
    ["COPY --from=build --exclude=.env /app .", IN_STAGE],
    ["COPY --from=nginx /app .", IN_STAGE],
    ["COPY --from=build /app ./", PASSED(6)],
    ["COPY --from=BUILD app/ /srv", PASSED(6)],
    ["COPY --from=0 / /", PASSED(6)],
    ["COPY --from=build /app/.env* ./", PASSED(6)],
    ["ARG STAGE=build\nCOPY --from=$STAGE /app .", PASSED(7)],
  ])("are followed: %s", async (line, expected) => {
    expect(await say({ Dockerfile: `${BUILD}${line}\n` })).toEqual([expected]);
  });

  it("pass on what they hold to those that begin with them", async () => {
    const text = "ARG BASE=base\nFROM node AS base\nCOPY . /app/\nFROM ${BASE}\nRUN x\n";
    expect(await say({ Dockerfile: text })).toEqual([
      "Dockerfile:3: error COPY . /app/ would take a .env into the image",
    ]);
  });

  it("know a file by the name it was given", async () => {
    const text = (file: string): string =>
      `FROM node AS a\nCOPY .env /config\nFROM node\nCOPY --from=a ${file} /app/\n`;
    const [renamed] = await find({ Dockerfile: text("/config") });
    const [other] = await find({ Dockerfile: text("/.env") });
    expect([renamed?.level, other?.level]).toEqual(["error", "warning"]);
  });

  it("have a folder where they work, into which a file goes by its own name", async () => {
    const text =
      "FROM node AS a\nWORKDIR /app\nCOPY .env /app\nFROM node\nCOPY --from=a /app/.env /x/\n";
    expect((await find({ Dockerfile: text })).map(({ level }) => level)).toEqual(["error"]);
  });

  it("without a name have a number", async () => {
    const text = "FROM node\nFROM node\nCOPY . .\nFROM node\n";
    const [found] = await find({ Dockerfile: text });
    expect(found?.message).toContain("the stage 1, whose commands");
  });
});

describe(".dockerignore", () => {
  it.each([
    ["**/.env*"],
    ["*\n!src"],
    [".env*"],
    ["  .env*  "],
    ["/.env*"],
    ["\uFEFF.env*"],
    ["(a\n[\n.env*"],
    ["**/.*"],
    ["**\n!package.json"],
    ["*.local\n.env.?roduction\n./.env/"],
  ])("leaves it out by %j", async (ignored) => {
    expect(await say({ Dockerfile: ALL, ".dockerignore": ignored })).toEqual([]);
  });

  it.each([
    [""],
    ["# .env*"],
    [".ENV*"],
    [".env* # secrets"],
    ["**/.env*\n!.env"],
    ["*\n!.*"],
    ["src/.env*"],
    ["*.env*/x"],
  ])("does not by %j", async (ignored) => {
    expect(await say({ Dockerfile: ALL, ".dockerignore": ignored })).toEqual([FOUND]);
  });

  it("that knows .env alone leaves the others in, which is a note while there are none", async () => {
    const files = { Dockerfile: ALL, ".dockerignore": ".env" };
    expect(await say(files)).toEqual([SOME]);
    expect(await say({ ...files, ".env.staging": "A=1" })).toEqual([
      "Dockerfile:2: error COPY . . takes .env.staging into the image",
    ]);
  });

  it("of the Dockerfile's own name counts in its stead", async () => {
    const files = { Dockerfile: ALL, ".dockerignore": "**/.env*", "Dockerfile.dockerignore": "a" };
    const [found] = await find(files);
    expect(found?.remedy).toBe("write **/.env* as the last line of Dockerfile.dockerignore");
  });
});

describe("files that are there", () => {
  it("are named, wherever they are", async () => {
    const files = { Dockerfile: "FROM node\nCOPY src ./src\n", "src/deep/.env.prod": "A=1" };
    expect(await say(files)).toEqual([
      "Dockerfile:2: error COPY src ./src takes src/deep/.env.prod into the image",
    ]);
  });

  it("are counted when they are many", async () => {
    const names = [".env", ".env.a", ".env.b", "a/.env", "b/.env"];
    const files = Object.fromEntries(names.map((name) => [name, "A=1"]));
    expect(await say({ Dockerfile: ALL, ...files })).toEqual([
      "Dockerfile:2: error COPY . . takes .env, .env.a, .env.b and 2 more into the image",
    ]);
  });

  it("do not count as such when they are examples, packages' own or a folder", async () => {
    const files = {
      Dockerfile: "FROM node\nCOPY . .\n",
      ".dockerignore": ".env.local\n.env.production",
      ".env.example": "A=",
      ".env.production.sample": "A=",
      "node_modules/a/.env": "A=1",
      // As Python's virtual environments are called by some.
      ".env/bin/python": "",
    };
    expect(await say(files)).toEqual([]);
  });

  it("count when they are links", async () => {
    const root = mkdtempSync(join(tmpdir(), "migrate-test-"));
    folders.push(root);
    writeFileSync(join(root, "Dockerfile"), "FROM node\nCOPY src .\n");
    mkdirSync(join(root, "src"));
    symlinkSync("/nowhere", join(root, "src/.env"));
    const settings = { folder: join(root, "migrations"), cwd: root, dockerfile: null };
    expect((await findEnvInImage(settings)).map(({ message }) => message)).toEqual([
      "COPY src . takes src/.env into the image",
    ]);
  });
});

describe("the Dockerfile", () => {
  it("is looked for above the migrations, and its context is where what it copies is", async () => {
    const files = {
      "package.json": "{}",
      "services/a/Dockerfile": "FROM node\nCOPY package.json .\nCOPY services/a ./\n",
    };
    const question = { migrations: "services/a/db/migrations" };
    expect(await say(files, question)).toEqual([]);
    // Where the user is, and where a package above the migrations is, a .env is likely.
    expect(await say({ ...files, "services/a/package.json": "{}" }, question)).toEqual([
      "services/a/Dockerfile:3: error COPY services/a ./ would take a services/a/.env into the image",
    ]);
    expect(await say(files, { ...question, cwd: "services/a" })).toEqual([
      "Dockerfile:3: error COPY services/a ./ would take a .env into the image",
    ]);
  });

  it("has its own folder as context when that holds as much", async () => {
    const files = {
      "package.json": "{}",
      ".dockerignore": "**/.env*",
      "services/a/package.json": "{}",
      "services/a/Dockerfile": "FROM node\nCOPY package.json .\nCOPY . .\n",
    };
    const [found] = await find(files, { migrations: "services/a/migrations" });
    expect(found?.remedy).toBe("write **/.env* as the last line of services/a/.dockerignore");
  });

  it("in a folder of its own has the project's root as context", async () => {
    const files = { "docker/prod.Dockerfile": ALL, ".dockerignore": "**/.env*" };
    const dockerfile = "docker/prod.Dockerfile";
    expect(await say(files, { dockerfile })).toEqual([]);
    const [found] = await find({ ...files, ".dockerignore": "" }, { dockerfile });
    expect([found?.file, found?.remedy]).toEqual([
      dockerfile,
      "write **/.env* as the last line of .dockerignore",
    ]);
  });

  it("must be there when it is named", async () => {
    await expect(find({}, { dockerfile: "ops/Dockerfile" })).rejects.toThrow(
      '--dockerfile: expected a file that can be read, got "ops/Dockerfile"; name the Dockerfile that releases the service (ENOENT)',
    );
  });

  it("that nobody can build is a note, not a fault of the migrations", async () => {
    expect(await say({ Dockerfile: "COPY . .\n" })).toEqual([
      "Dockerfile:: note nobody can tell what gets into the image: Dockerfile:1: expected FROM or ARG first, got COPY",
    ]);
  });
});

describe("a comment", () => {
  const accept = "# cloud-run-migrations: accept env-in-image: holds no secret";

  it("accepts the line below it, with a reason", async () => {
    const text = `FROM node\n${accept}\nCOPY . .\nCOPY . /again/\n`;
    expect(await say({ Dockerfile: text })).toEqual([
      "Dockerfile:4: error COPY . /again/ would take a .env into the image",
    ]);
  });

  it("accepts the whole file from its top", async () => {
    expect(await say({ Dockerfile: `# syntax=docker/dockerfile:1\n${accept}\n${ALL}` })).toEqual(
      [],
    );
  });

  it("without a reason accepts nothing", async () => {
    const text = `FROM node\n# cloud-run-migrations: accept env-in-image\nCOPY . .\n`;
    const rules = (await find({ Dockerfile: text })).map(({ rule }) => rule);
    expect(rules).toEqual(["env-in-image", "acceptance"]);
  });
});
