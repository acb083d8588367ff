import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type Project, createProject, filesOf } from "./project";

let project: Project;
afterEach(() => project.remove());

const NODE = {
  "package.json": '{"dependencies":{"kept":"1"},"scripts":{"start":"node dist/server.js"}}',
  ".dockerignore": "node_modules\ndist\nDockerfile\n.dockerignore",
  "src/server.ts": "ts",
  "dist/server.js": "js",
  "node_modules/.package-lock.json": JSON.stringify({
    packages: {
      "node_modules/kept": {},
      "node_modules/kept/node_modules/inner": { dev: true },
      "node_modules/tool": { dev: true },
      "node_modules/@scope/tool": { dev: true },
    },
  }),
  "node_modules/kept/index.js": "kept",
  "node_modules/kept/node_modules/inner/index.js": "inner",
  "node_modules/tool/index.js": "tool",
  "node_modules/@scope/tool/index.js": "tool",
};

const MULTI_STAGE = `FROM node:22 AS build
WORKDIR /app
COPY package.json ./
RUN npm ci
COPY src src
RUN npm run build && npm prune --omit=dev
FROM node:22-slim
WORKDIR /srv
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
CMD ["node", "dist/server.js"]
`;

describe("what RUN lines would have made", () => {
  it("comes from the working tree, without development packages", async () => {
    project = await createProject({ ...NODE, Dockerfile: MULTI_STAGE });
    await symlink("../kept/index.js", join(project.folder, "node_modules/.package-link"));
    const files = await filesOf(await project.build());
    expect(Object.keys(files).sort()).toEqual([
      "/srv/dist/server.js",
      "/srv/node_modules/.package-lock.json",
      "/srv/node_modules/kept/index.js",
      "/srv/package.json",
    ]);
  });

  it("keeps development packages when the Dockerfile installs them", async () => {
    const dockerfile = MULTI_STAGE.replace(" && npm prune --omit=dev", "");
    project = await createProject({ ...NODE, Dockerfile: dockerfile });
    const files = await filesOf(await project.build());
    expect(files["/srv/node_modules/tool/index.js"]).toBe("tool");
  });

  it("fails without node_modules and says what to run", async () => {
    project = await createProject({ ...NODE, Dockerfile: MULTI_STAGE });
    await rm(join(project.folder, "node_modules"), { recursive: true });
    await expect(project.build()).rejects.toThrow(
      "Dockerfile:10: expected node_modules in the context, for RUN lines are not executed, got nothing; run npm ci in the context",
    );
  });

  it.each(['["node", "dist/server.js"]', "npm start", "exec node dist/server.js"])(
    "completes a single stage whose command is %s",
    async (command) => {
      const dockerfile = `FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci --omit=dev\nCMD ${command}\n`;
      project = await createProject({ ...NODE, Dockerfile: dockerfile });
      const image = await project.build();
      const files = await filesOf(image);
      expect(files["/app/node_modules/kept/index.js"]).toBe("kept");
      expect(files["/app/dist/server.js"]).toBe("js");
      expect(existsSync(join(image.folder, "app/node_modules/tool"))).toBe(false);
      expect(image.notes).toContain("/app/dist is dist of the context");
    },
  );

  it("fails for a package that is not installed, at the line that installs", async () => {
    const dockerfile = "FROM node:22\nWORKDIR /app\nCOPY package.json .\nRUN npm ci\n";
    project = await createProject({ ...NODE, Dockerfile: dockerfile });
    await rm(join(project.folder, "node_modules/kept"), { recursive: true });
    await expect(project.build()).rejects.toThrow(
      "Dockerfile:4: expected node_modules/kept in the context, for RUN lines are not executed, got nothing; run npm ci in the context",
    );
  });

  it("keeps files that a COPY put into node_modules", async () => {
    const dockerfile =
      "FROM node:22\nWORKDIR /app\nCOPY package.json .\nCOPY src node_modules/own\nRUN npm ci\n";
    project = await createProject({ ...NODE, Dockerfile: dockerfile });
    const files = await filesOf(await project.build());
    expect(files["/app/node_modules/own/server.ts"]).toBe("ts");
    expect(files["/app/node_modules/kept/index.js"]).toBe("kept");
  });

  it("finds the packages beside a package.json that is not at the root", async () => {
    project = await createProject({
      Dockerfile: "FROM node:22\nWORKDIR /srv\nCOPY api/package.json ./\nRUN npm ci\n",
      "api/package.json": '{"dependencies":{"a":"1"}}',
      "api/node_modules/a/index.js": "a",
    });
    const files = await filesOf(await project.build());
    expect(files["/srv/node_modules/a/index.js"]).toBe("a");
  });

  it("copies packages that are linked from elsewhere", async () => {
    project = await createProject({ ...NODE, Dockerfile: MULTI_STAGE });
    const elsewhere = join(project.folder, "../elsewhere");
    await cp(join(project.folder, "node_modules"), elsewhere, { recursive: true });
    await rm(join(project.folder, "node_modules"), { recursive: true });
    await symlink(elsewhere, join(project.folder, "node_modules"));
    const image = await project.build();
    await rm(elsewhere, { recursive: true });
    expect((await filesOf(image))["/srv/node_modules/kept/index.js"]).toBe("kept");
  });

  it("says that images of a registry are not downloaded", async () => {
    project = await createProject({
      Dockerfile: "FROM python:3.12\nCOPY --from=ghcr.io/astral-sh/uv:0.5 /uv /bin/uv\n",
    });
    expect((await project.build()).notes).toEqual([
      "Dockerfile:2: COPY --from=ghcr.io/astral-sh/uv:0.5 is left out, images are not downloaded",
    ]);
  });
});

describe("a Python context", () => {
  const PYTHON = {
    "requirements.txt": "alembic\n",
    ".dockerignore": ".venv",
    "app.py": "print('hi')",
  };
  const DOCKERFILE =
    'FROM python:3.12\nWORKDIR /code\nCOPY . .\nRUN pip install -r requirements.txt\nCMD ["tool"]\n';

  it("brings its virtual environment, whose scripts run from the image", async () => {
    project = await createProject({
      ...PYTHON,
      Dockerfile: DOCKERFILE,
      ".venv/pyvenv.cfg": "home = /usr/bin\nversion = 3.12.4\n",
    });
    const python = join(project.folder, ".venv/bin/sh");
    await project.write(".venv/bin/tool", `#!${python}\necho "$0"\n`, 0o755);
    await symlink("/bin/sh", python);
    const image = await project.build();
    await rm(join(project.folder, ".venv"), { recursive: true });
    const tool = join(image.folder, "code/.venv/bin/tool");
    expect(execFileSync(tool, { encoding: "utf8" })).toBe(`${tool}\n`);
    expect(image.notes).toContain("/code/.venv is .venv of the context, with Python 3.12.4");
  });

  it("runs it from the image when the context has a link to it, whatever its scripts call it", async () => {
    project = await createProject({ ...PYTHON, Dockerfile: DOCKERFILE });
    const made = join(project.folder, "../made");
    const names = [made, join(project.folder, "../linked"), join(project.folder, ".venv")];
    await project.write("../made/pyvenv.cfg", "home = /usr/bin\n");
    for (const [index, name] of names.entries()) {
      await project.write(`../made/bin/tool${index}`, `#!${name}/bin/sh\necho "$0"\n`, 0o755);
    }
    await symlink("/bin/sh", join(made, "bin/sh"));
    await symlink(made, join(project.folder, "../linked"));
    await symlink("../linked", join(project.folder, ".venv"));
    const image = await project.build();
    await rm(made, { recursive: true });
    for (const index of names.keys()) {
      const tool = join(image.folder, `code/.venv/bin/tool${index}`);
      expect(execFileSync(tool, { encoding: "utf8" })).toBe(`${tool}\n`);
    }
  });

  it("puts it where a later stage takes it from", async () => {
    project = await createProject({
      ...PYTHON,
      ".venv/pyvenv.cfg": "home = /usr/bin\n",
      ".venv/bin/tool": "#!/bin/sh\n",
      Dockerfile:
        "FROM python:3.12 AS b\nRUN python -m venv /opt/venv\nFROM python:3.12-slim\nCOPY --from=b /opt/venv /opt/venv\nENV PATH=/opt/venv/bin:$PATH\n",
    });
    const image = await project.build();
    expect(Object.keys(await filesOf(image))).toContain("/opt/venv/bin/tool");
    expect(image.environment.PATH).toMatch(/^\/opt\/venv\/bin:\/usr/);
  });

  it("fails without one and says what to run", async () => {
    project = await createProject({ ...PYTHON, Dockerfile: DOCKERFILE });
    await expect(project.build()).rejects.toThrow(
      "Dockerfile:4: expected .venv in the context, for RUN lines are not executed, got nothing; run python3 -m venv .venv && .venv/bin/pip install -r requirements.txt in the context",
    );
  });
});
