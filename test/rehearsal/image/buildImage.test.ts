import { execFileSync } from "node:child_process";
import {
  chmod,
  readFile,
  readdir,
  readlink,
  rm,
  stat,
  symlink,
  unlink,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type Project, createProject, filesOf } from "./project";

let project: Project;
afterEach(() => project.remove());

async function create(dockerfile: string, files: Record<string, string> = {}): Promise<Project> {
  project = await createProject({ Dockerfile: dockerfile, ...files });
  return project;
}

describe("COPY", () => {
  it("leaves out what .dockerignore names, and takes back its exceptions", async () => {
    await create("FROM scratch\nCOPY . /srv/\n", {
      ".dockerignore": "Dockerfile\n.dockerignore\n*.md\n!README.md\ndocs/*\n!docs/keep\n**/secret",
      "README.md": "r",
      "NOTES.md": "n",
      "docs/a": "a",
      "docs/keep/b": "b",
      "deep/er/secret": "s",
      "deep/er/open": "o",
    });
    expect(await filesOf(await project.build())).toEqual({
      "/srv/README.md": "r",
      "/srv/docs/keep/b": "b",
      "/srv/deep/er/open": "o",
    });
  });

  it("prefers the ignore file named after the Dockerfile", async () => {
    await create("", {
      "ops/web.Dockerfile": "FROM scratch\nCOPY src /\n",
      "ops/web.Dockerfile.dockerignore": "src/b",
      ".dockerignore": "src/a",
      "src/a": "a",
      "src/b": "b",
    });
    const image = await project.build({ dockerfile: join(project.folder, "ops/web.Dockerfile") });
    expect(await filesOf(image)).toEqual({ "/a": "a" });
  });

  it("follows Docker's rules for destinations, wildcards and relative paths", async () => {
    await create(
      [
        "FROM scratch",
        "WORKDIR /srv/app",
        "COPY a.txt renamed",
        "COPY a.txt folder/",
        "COPY *.json t?.cfg [xy].ini ./conf/",
        "COPY dir ./merged",
        "COPY dir/* star/",
        'COPY ["with space.txt", "/spaced/"]',
        "COPY --chown=1:1 --link ../../a.txt /clamped",
        "COPY --exclude=*.b dir /excluded",
      ].join("\n"),
      {
        "a.txt": "a",
        "1.json": "1",
        "2.json": "2",
        "t1.cfg": "t",
        "x.ini": "x",
        "z.ini": "z",
        "dir/in/c": "c",
        "dir/d.b": "d",
        "with space.txt": "w",
      },
    );
    expect(await filesOf(await project.build())).toEqual({
      "/srv/app/renamed": "a",
      "/srv/app/folder/a.txt": "a",
      "/srv/app/conf/1.json": "1",
      "/srv/app/conf/2.json": "2",
      "/srv/app/conf/t1.cfg": "t",
      "/srv/app/conf/x.ini": "x",
      "/srv/app/merged/in/c": "c",
      "/srv/app/merged/d.b": "d",
      "/srv/app/star/c": "c",
      "/srv/app/star/d.b": "d",
      "/spaced/with space.txt": "w",
      "/clamped": "a",
      "/excluded/in/c": "c",
    });
  });

  it("takes files of earlier stages by name and number, with a later copy on top", async () => {
    await create(
      [
        "FROM node:22 AS Base",
        "COPY a /one/a",
        "FROM base AS second",
        "COPY b /one/b",
        "FROM scratch",
        "COPY --from=0 /one/a /zero",
        "COPY --from=second /one /all",
        "COPY b /all/a",
      ].join("\n"),
      { a: "A", b: "B" },
    );
    expect(await filesOf(await project.build())).toEqual({
      "/zero": "A",
      "/all/a": "B",
      "/all/b": "B",
    });
    expect(await filesOf(await project.build({ target: "base" }))).toEqual({ "/one/a": "A" });
  });

  it("writes heredocs, expanded unless quoted", async () => {
    await create(
      'FROM scratch\nARG WHO=you\nCOPY <<EOF <<"RAW" /etc/\nhello $WHO\nEOF\nraw $WHO\nRAW\n',
    );
    expect(await filesOf(await project.build())).toEqual({
      "/etc/EOF": "hello you\n",
      "/etc/RAW": "raw $WHO\n",
    });
  });

  it("keeps and sets the executable bit, and links", async () => {
    await create("FROM scratch\nCOPY bin /bin\nCOPY --chmod=755 plain /made\n", {
      "bin/run": "#!/bin/sh\n",
      plain: "p",
    });
    await chmod(join(project.folder, "bin/run"), 0o755);
    await symlink("run", join(project.folder, "bin/alias"));
    const { folder } = await project.build();
    expect((await stat(join(folder, "bin/run"))).mode & 0o111).not.toBe(0);
    expect((await stat(join(folder, "made"))).mode & 0o111).not.toBe(0);
    expect(await readlink(join(folder, "bin/alias"))).toBe("run");
  });

  it.each([
    ["COPY nothing /x", "Dockerfile:2: expected nothing in the context, got nothing"],
    ["COPY hid* /x", "Dockerfile:2: expected hid* in the context, got nothing"],
    [
      "COPY hidden /x",
      "Dockerfile:2: expected hidden in the context, got nothing; .dockerignore leaves it out",
    ],
    [
      "COPY --parents a /x",
      "Dockerfile:2: expected one of --from, --chown, --chmod, --link, --exclude, --checksum, --keep-git-dir, got --parents",
    ],
    ["COPY a", 'Dockerfile:2: expected COPY SOURCE… DESTINATION, got "a"'],
    ["CPOY a b", "Dockerfile:2: expected an instruction of Docker, got CPOY"],
    ["ENV A=${B?no}", "Dockerfile:2: ${B?no}: expected NAME, NAME:-word or NAME:+word"],
    [
      "ADD https://example.com/x /x",
      "Dockerfile:2: expected a path of the context, got https://example.com/x; nothing is downloaded here, put the file into the context",
    ],
    [
      "FROM scratch\nCOPY --from=0 /app/dist /dist",
      "Dockerfile:3: expected app/dist in the context, for RUN lines are not executed, got nothing; build it in the context first, as the Dockerfile's RUN lines would",
    ],
  ])("fails on %j and names the line", async (line, message) => {
    await create(`FROM node:22 AS build\n${line}\n`, {
      a: "a",
      hidden: "h",
      ".dockerignore": "hidden",
    });
    await expect(project.build()).rejects.toMatchObject({ name: "ImageError", message });
  });

  it("fails without a Dockerfile in the words of Docker", async () => {
    await create("");
    await unlink(join(project.folder, "Dockerfile"));
    await expect(project.build()).rejects.toThrow(
      "failed to read dockerfile: open Dockerfile: no such file or directory",
    );
  });
});

describe("ADD", () => {
  it("unpacks a local archive and copies everything else", async () => {
    await create(
      "FROM scratch\nADD files.tar.gz /opt/\nADD plain /opt/\nCOPY files.tar.gz /kept\n",
      {
        plain: "p",
        "packed/in/side": "i",
      },
    );
    execFileSync("tar", ["-czf", "files.tar.gz", "packed"], { cwd: project.folder });
    const files = await filesOf(await project.build());
    expect(Object.keys(files).sort()).toEqual(["/kept", "/opt/packed/in/side", "/opt/plain"]);
  });
});

describe("configuration", () => {
  it("expands ARG and ENV as Docker does", async () => {
    await create(
      [
        "ARG TAG=22",
        "ARG NEVER",
        "FROM node:${TAG} AS build",
        "ARG TAG",
        "ARG FROM_OUTSIDE=inner",
        "ARG UNUSED",
        "ENV A=1 B=\"two $TAG\" C='no $TAG' D=x\\ y",
        "ENV A=2 E=$A",
        "ENV LEGACY some words",
        'ENV F="${UNSET:-fall $TAG}" G=${TAG:+set} H=${UNUSED-none} I=\\$TAG',
        "WORKDIR /srv",
        "WORKDIR $FROM_OUTSIDE/$TAG",
        'LABEL one=$A two="a b"',
        "CMD node dist/server.js \\",
        "  --port $PORT",
      ].join("\n"),
    );
    const image = await project.build({
      buildArgs: { TAG: "20", FROM_OUTSIDE: "outer" },
      labels: { three: "3" },
    });
    const { PATH: path, ...environment } = image.environment;
    expect(path).toContain("/usr/bin");
    expect(environment).toEqual({
      A: "2",
      B: "two 20",
      C: "no $TAG",
      D: "x y",
      E: "1",
      LEGACY: "some words",
      F: "fall 20",
      G: "set",
      H: "none",
      I: "$TAG",
    });
    expect(image.workingDirectory).toBe("/srv/outer/20");
    expect(image.labels).toEqual({ one: "2", two: "a b", three: "3" });
    expect(image.command).toEqual(["/bin/sh", "-c", "node dist/server.js   --port $PORT"]);
    expect(image.entrypoint).toBeNull();
  });

  it("gives ENTRYPOINT and CMD of the last stage, and says that USER and RUN are not carried out", async () => {
    await create(
      'FROM node:22\nCMD ["old"]\nENTRYPOINT ["node"]\nFROM 0\nRUN true\nUSER node\nCMD ["a.js", "b c"]\n',
    );
    const image = await project.build();
    expect([image.entrypoint, image.command]).toEqual([["node"], ["a.js", "b c"]]);
    expect(image.notes).toEqual([
      "Dockerfile:6: USER node is ignored, processes run as you",
      "Dockerfile: RUN lines are not executed (line 5)",
    ]);
  });
});

describe("content addresses", () => {
  const DOCKERFILE = "FROM scratch\nCOPY src /src\n";

  it("gives one digest to one content, whatever the folder and the times", async () => {
    await create(DOCKERFILE, { "src/a": "1", "src/b/c": "2" });
    const image = await project.build();
    const other = await createProject({ Dockerfile: DOCKERFILE, "src/b/c": "2", "src/a": "1" });
    const twin = await other.build();
    await other.remove();
    expect(image.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(twin.digest).toBe(image.digest);
    expect((await project.build()).folder).toBe(image.folder);
  });

  it("is written once by builds side by side of the same files", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [`src/${index % 20}/${index}`, String(index)]),
    );
    await create(DOCKERFILE, files);
    const images = await Promise.all(Array.from({ length: 4 }, () => project.build()));
    expect(new Set(images.map(({ folder }) => folder)).size).toBe(1);
    expect(Object.keys(await filesOf(images[0]!))).toHaveLength(200);
    expect(await readdir(dirname(images[0]!.folder))).toHaveLength(1);
  });

  it.each([
    ["a content", () => project.write("src/a", "2")],
    ["a mode", () => chmod(join(project.folder, "src/a"), 0o755)],
    ["a new file", () => project.write("src/z", "")],
    ["a label", () => project.write("Dockerfile", `${DOCKERFILE}LABEL a=b\n`)],
    ["a command", () => project.write("Dockerfile", `${DOCKERFILE}CMD ["a"]\n`)],
  ])("changes with %s", async (_, change) => {
    await create(DOCKERFILE, { "src/a": "1" });
    const before = await project.build();
    await change();
    expect((await project.build()).digest).not.toBe(before.digest);
  });

  it("is out of reach of the working tree", async () => {
    await create(DOCKERFILE, { "src/a": "1" });
    const image = await project.build();
    await writeFile(join(project.folder, "src/a"), "changed");
    await rm(join(project.folder, "src"), { recursive: true });
    expect(await filesOf(image)).toEqual({ "/src/a": "1" });
    await expect(project.build()).rejects.toThrow("Dockerfile:2: expected src in the context");
    expect(await readFile(join(image.folder, "src/a"), "utf8")).toBe("1");
  });
});
