import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type BuildOutcome, type PlayOptions, playBuild } from "../../../rehearsal/player";
import { IMAGE, JOB, REST, SECRET, SERVER, SERVICE, type Site, openSite } from "../cloud/site";

const GCLOUD = "gcr.io/google.com/cloudsdktool/google-cloud-cli:528.0.0-slim";
const DOCKER = "gcr.io/cloud-builders/docker";

let site: Site;
beforeAll(async () => {
  site = await openSite([
    SERVICE,
    JOB,
    ...REST,
    {
      type: "gcp:secretmanager/secretVersion:SecretVersion",
      name: "second",
      inputs: { secret: "shop-password", secretData: "second-version-of-it" },
    },
  ]);
});
afterAll(() => site.close());
beforeEach(async () => {
  site.events.length = 0;
  await site.write("server.js", SERVER);
  await site.write("version.json", '{"version":"built"}');
});

type Document = Record<string, unknown>;

function play(document: Document, options: Partial<PlayOptions> = {}): Promise<BuildOutcome> {
  const { cloud, workspace } = site;
  return playBuild({ document: stringify(document), cloud, workspace, ...options });
}

function script(id: string, text: string, more: Document = {}): Document {
  return { id, name: GCLOUD, script: text, ...more };
}

function statuses({ steps }: BuildOutcome): Record<string, string> {
  return Object.fromEntries(steps.map(({ id, status }) => [id, status]));
}

function logOf({ steps }: BuildOutcome, id: string): string[] {
  return steps.find((step) => step.id === id)!.log;
}

describe("order", () => {
  it("runs steps one after the other without waitFor", async () => {
    const outcome = await play({
      steps: [
        script("a", "sleep 0.3; echo a >> order"),
        script("b", "echo b >> order"),
        script("c", "cat order"),
      ],
    });
    expect(outcome).toMatchObject({ status: "succeeded", failedStep: null, error: null });
    expect(logOf(outcome, "c")).toEqual(["a", "b"]);
  });

  it("runs steps at once that wait for the same, or for nothing", async () => {
    const meet = (own: string, other: string): string =>
      `touch ${own}; for i in $(seq 50); do [ -e ${other} ] && exit 0; sleep 0.1; done; exit 1`;
    const outcome = await play({
      steps: [
        script("a", meet("one", "two"), { waitFor: ["-"] }),
        script("b", meet("two", "one"), { waitFor: ["-"] }),
        script("c", "rm one two", { waitFor: ["a", "b"] }),
      ],
    });
    expect(statuses(outcome)).toEqual({ a: "succeeded", b: "succeeded", c: "succeeded" });
  });

  it("ends running steps when one fails, and does not begin the others", async () => {
    const outcome = await play({
      steps: [
        script("slow", "trap 'echo asked; exit 0' TERM; touch ready; sleep 30 & wait", {
          waitFor: ["-"],
        }),
        script("bad", "until [ -e ready ]; do sleep 0.05; done; rm ready; echo why >&2; exit 7", {
          waitFor: ["-"],
        }),
        script("never", "touch never", { waitFor: ["bad"] }),
        script("last", "touch never"),
      ],
      images: [`${IMAGE}:unbuilt`],
    });
    expect(statuses(outcome)).toEqual({
      slow: "cancelled",
      bad: "failed",
      never: "not-run",
      last: "not-run",
    });
    expect(outcome).toMatchObject({ status: "failed", failedStep: "bad" });
    expect(outcome.error).toBe("step bad ended with exit code 7\n  why");
    expect(outcome.durationMs).toBeLessThan(10_000);
    expect(existsSync(join(site.workspace, "never"))).toBe(false);
    expect(site.cloud.builds.get(outcome.buildId)).toMatchObject({ status: "FAILURE" });
  });

  it("goes on after a failure that the document allows", async () => {
    const outcome = await play({
      steps: [
        script("a", "exit 3", { allowFailure: true }),
        script("b", "exit 4", { allowExitCodes: [4] }),
        script("c", "true"),
        script("d", "exit 5", { allowExitCodes: [4] }),
        script("e", "true"),
      ],
    });
    expect(statuses(outcome)).toEqual({
      a: "failed",
      b: "failed",
      c: "succeeded",
      d: "failed",
      e: "not-run",
    });
    expect(outcome.failedStep).toBe("d");
  });
});

describe("time", () => {
  it("ends a step that takes longer than its timeout, with all it started", async () => {
    const outcome = await play({
      steps: [
        script("slow", "trap '' TERM; (sleep 60; touch late) & echo $! > pid; sleep 60", {
          timeout: "0.5s",
        }),
        script("next", "true"),
      ],
    });
    expect(statuses(outcome)).toEqual({ slow: "timed-out", next: "not-run" });
    expect(outcome).toMatchObject({ status: "timed-out", failedStep: "slow" });
    const pid = Number(await readFile(join(site.workspace, "pid"), "utf8"));
    const isGone = (): boolean => {
      try {
        return !process.kill(pid, 0);
      } catch {
        return true;
      }
    };
    await expect.poll(isGone, { timeout: 5000 }).toBe(true);
    expect(site.cloud.builds.get(outcome.buildId)!.status).toBe("TIMEOUT");
  });

  // macOS has no setsid.
  it.runIf(process.platform === "linux")(
    "ends daemons with the step that left them behind, and no other step's",
    async () => {
      const isRunning = '[ "$(ps -o stat= -p "$(cat "$1")" | cut -c1)" = S ]';
      const outcome = await play({
        steps: [
          script("other", "echo $$ > other; sleep 1.5; echo as it should be", { waitFor: ["-"] }),
          script("daemon", "setsid sleep 777 > /dev/null 2>&1 & echo $! > daemon; sleep 0.3", {
            waitFor: ["-"],
          }),
          script("look", `set -- other; ${isRunning}; set -- daemon; ! ${isRunning}`, {
            waitFor: ["daemon"],
          }),
        ],
      });
      expect(statuses(outcome)).toEqual({
        other: "succeeded",
        daemon: "succeeded",
        look: "succeeded",
      });
    },
  );

  it("ends a build that takes longer than its timeout", async () => {
    const outcome = await play({
      timeout: "0.7s",
      steps: [script("a", "true"), script("b", "sleep 60")],
    });
    expect(outcome).toMatchObject({ status: "timed-out", failedStep: "b" });
    expect(statuses(outcome)).toEqual({ a: "succeeded", b: "timed-out" });
  });

  it("is cancelled by a signal, and leaves no process and no file of its own", async () => {
    const controller = new AbortController();
    const before = site.cloud.processes();
    const run = play(
      { steps: [script("a", "sleep 60"), script("b", "true")] },
      { signal: controller.signal },
    );
    await expect.poll(() => site.cloud.processes().length).toBe(before.length + 1);
    await sleep(100);
    controller.abort();
    const outcome = await run;
    expect(outcome).toMatchObject({
      status: "cancelled",
      failedStep: "a",
      error: "the build was cancelled",
    });
    expect(statuses(outcome)).toEqual({ a: "cancelled", b: "not-run" });
    expect(site.cloud.processes()).toEqual(before);
    expect(readdirSync(join(site.cloud.platform.folder, "builds"))).toEqual([]);
  });
});

describe("what a step is given", () => {
  it("has env, options.env, secrets by number and latest, and nothing of the caller's", async () => {
    const outcome = await play(
      {
        steps: [
          script("a", 'env | sort; test "$LATEST" = second-version-of-it; echo "pw $PINNED"', {
            env: ["OWN=1 $_X", "BOTH=step", "EMPTY=$_NONE"],
            secretEnv: ["PINNED", "LATEST"],
          }),
          script("b", "env"),
        ],
        substitutions: { _X: "document", _Y: "document" },
        options: { env: ["ALL=$BUILD_ID", "BOTH=options"] },
        availableSecrets: {
          secretManager: [
            { env: "PINNED", versionName: "projects/$PROJECT_ID/secrets/shop-password/versions/1" },
            {
              env: "LATEST",
              versionName: "projects/$PROJECT_ID/secrets/shop-password/versions/latest",
            },
          ],
        },
      },
      { substitutions: { _X: "trigger", COMMIT_SHA: "abc" } },
    );
    expect(outcome.status).toBe("succeeded");
    const lines = logOf(outcome, "a");
    expect(lines).toEqual(
      expect.arrayContaining([
        "OWN=1 trigger",
        "BOTH=step",
        "EMPTY=",
        `ALL=${outcome.buildId}`,
        "PINNED=[secret]",
        "pw [secret]",
      ]),
    );
    expect(lines.filter((line) => /^(npm_|VITEST|NODE_ENV)/.test(line))).toEqual([]);
    expect(logOf(outcome, "b").filter((line) => line.startsWith("PINNED"))).toEqual([]);
    expect(outcome.warnings).toEqual(["$_NONE has no value and is empty"]);
    expect(JSON.stringify([outcome, site.events])).not.toMatch(
      new RegExp(`${SECRET}|second-version`),
    );
  });

  it("fails before the first step when a secret is not there", async () => {
    const outcome = await play({
      steps: [script("a", "touch never", { secretEnv: ["S"] })],
      availableSecrets: {
        secretManager: [{ env: "S", versionName: "projects/p/secrets/shop-password/versions/9" }],
      },
    });
    expect(outcome).toMatchObject({
      status: "failed",
      failedStep: null,
      error: "Secret Version [shop-password/versions/9] not found.",
    });
    expect(statuses(outcome)).toEqual({ a: "not-run" });
  });

  it("honours a script's first line, and takes bash -e where there is none", async () => {
    const outcome = await play({
      steps: [
        script("node", "#!/usr/bin/env node\nconsole.log(typeof process, '$BUILD_ID', '$$')"),
        script("sh", "#!/bin/sh\nfalse\necho $0 | grep -c script"),
        script("bash", "[[ a = a ]]; echo first; false; echo second"),
      ],
    });
    expect(logOf(outcome, "node")).toEqual(["object $BUILD_ID $$"]);
    expect(logOf(outcome, "sh")).toEqual(["1"]);
    expect(logOf(outcome, "bash")).toEqual(["first"]);
    expect(outcome.failedStep).toBe("bash");
  });

  it("gives branch names and substitutions no chance to be shell text", async () => {
    const hostile = 'x";touch${IFS}pwned;"$(touch pwned)`touch pwned`';
    const outcome = await play(
      { steps: [script("a", 'printf "%s\\n" "$BRANCH"', { env: ["BRANCH=$BRANCH_NAME"] })] },
      { substitutions: { BRANCH_NAME: hostile } },
    );
    expect(logOf(outcome, "a")).toEqual([hostile]);
    expect(existsSync(join(site.workspace, "pwned"))).toBe(false);
  });

  it("shares volumes between steps and maps mount points, relative and absolute folders", async () => {
    await site.write("sub/file", "in sub");
    const volumes = [{ name: "v", path: "/shared" }];
    const outcome = await play({
      steps: [
        script("a", "echo from a > /shared/x; cat file", { volumes, dir: "sub" }),
        script("b", "cat /shared/x; cat /workspace/sub/file; echo; pwd", {
          volumes,
          dir: "/workspace/sub",
        }),
        { id: "c", name: GCLOUD, entrypoint: "cat", args: ["/workspace/sub/file"] },
      ],
    });
    expect(outcome.error).toBeNull();
    expect(logOf(outcome, "a")).toEqual(["in sub"]);
    expect(logOf(outcome, "b")).toEqual(["from a", "in sub", join(site.workspace, "sub")]);
    expect(logOf(outcome, "c")).toEqual(["in sub"]);
  });

  it.each([
    [
      "dir",
      script("a", "true", { dir: "nope" }),
      "dir: expected a folder below /workspace that is there, got nope",
    ],
    [
      "dir",
      script("a", "true", { dir: "../.." }),
      "dir: expected a folder below /workspace, got ../..",
    ],
    [
      "dir",
      script("a", "true", { dir: "/app" }),
      "dir: expected a folder of the image or below /workspace, got /app",
    ],
    [
      "name",
      { id: "a", name: "redis:7", script: "true" },
      "redis:7: expected an image of this build",
    ],
    [
      "name",
      { id: "a", name: "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2", args: ["p:r:i"] },
      "the proxy never ends",
    ],
    [
      "entrypoint",
      { id: "a", name: GCLOUD, entrypoint: "no-such-program" },
      "no-such-program: executable file not found in $PATH",
    ],
    ["args", { id: "a", name: GCLOUD }, "expected a script, an entrypoint or args, got none"],
    ["script", { id: "a", name: DOCKER, script: "gcloud version" }, "gcloud: command not found"],
  ])("fails a step whose %s is not there", async (_, step, message) => {
    const outcome = await play({ steps: [step] });
    expect(outcome).toMatchObject({ status: "failed", failedStep: "a" });
    expect(outcome.error).toContain(message);
  });
});

describe("the just-built image", () => {
  const BUILD = { id: "build", name: DOCKER, args: ["build", "-t", `${IMAGE}:$BUILD_ID`, "."] };
  const BUILT = `${IMAGE}:$BUILD_ID`;

  it("runs from its own files: an edit after build changes nothing", async () => {
    await site.write(
      "tool.js",
      "console.log('old', process.cwd().endsWith('/app'), process.env.FROM_IMAGE)",
    );
    const outcome = await play({
      steps: [
        BUILD,
        script("edit", "echo \"console.log('new')\" > tool.js"),
        { id: "in-image", name: BUILT, dir: "/app", entrypoint: "node", args: ["tool.js"] },
        { id: "in-sources", name: BUILT, entrypoint: "node", args: ["tool.js"] },
        { id: "absolute", name: BUILT, entrypoint: "node", args: ["/app/tool.js"] },
      ],
    });
    expect(outcome.error).toBeNull();
    expect(logOf(outcome, "in-image")).toEqual(["old true yes"]);
    expect(logOf(outcome, "in-sources")).toEqual(["new"]);
    expect(logOf(outcome, "absolute")).toEqual(["old false yes"]);
  });

  it("pushes `images` after the last step, and names the digest", async () => {
    const outcome = await play({ steps: [BUILD, script("a", `true`)], images: [BUILT] });
    expect(outcome.imageDigest).toMatch(/^sha256:[0-9a-f]{64}$/);
    const record = site.cloud.builds.get(outcome.buildId)!;
    expect(record.status).toBe("SUCCESS");
    expect(record.results).toEqual({
      images: [{ name: `${IMAGE}:${outcome.buildId}`, digest: outcome.imageDigest }],
    });
    const types = site.events.map(({ type }) => type).filter((type) => type !== "log");
    expect(types.slice(-4)).toEqual(["step-started", "step-ended", "image-pushed", "build-ended"]);
  });

  it("fails when no step has built one of `images`", async () => {
    const outcome = await play({ steps: [script("a", "true")], images: [`${IMAGE}:nope`] });
    expect(outcome).toMatchObject({
      status: "failed",
      failedStep: null,
      error: `images: could not find image ${IMAGE}:nope, which no step has built`,
    });
  });
});

describe("a release by the build itself", () => {
  const image = "gcr.io/$PROJECT_ID/davidmuraya:$COMMIT_SHA";
  const secrets = {
    POSTGRES_USER: "migrator",
    POSTGRES_PASSWORD: SECRET,
    POSTGRES_HOST: "10.20.0.3",
    POSTGRES_PORT: "5432",
    POSTGRES_DATABASE_NAME: "shop",
  };

  // The shape of the article that the project started from.
  const article = {
    steps: [
      { name: DOCKER, args: ["build", "-t", image, ".", "--build-arg", "VITE_BACKEND_HOST="] },
      {
        name: image,
        entrypoint: "alembic",
        args: ["upgrade", "head"],
        secretEnv: Object.keys(secrets),
      },
      { name: DOCKER, args: ["push", image] },
      {
        name: "gcr.io/cloud-builders/gcloud",
        args: [
          "run",
          "deploy",
          "davidmuraya",
          `--image=${image}`,
          "--set-env-vars=ENVIRONMENT=PRODUCTION",
          "--region=europe-west1",
          "--project=$PROJECT_ID",
        ],
      },
      {
        name: "gcr.io/cloud-builders/gcloud",
        args: [
          "run",
          "services",
          "update-traffic",
          "davidmuraya",
          "--to-latest",
          "--region=europe-west1",
          "--project=$PROJECT_ID",
        ],
      },
    ],
    availableSecrets: {
      secretManager: Object.keys(secrets).map((env) => ({
        env,
        versionName: `projects/$PROJECT_ID/secrets/${env}/versions/latest`,
      })),
    },
    options: { logging: "CLOUD_LOGGING_ONLY" },
  };

  it("plays the article: five secrets, a command of the image's own environment, deploy, traffic", async () => {
    // Of this site's instance nothing is known: the address of the secret leads to it.
    const way = { by: "tcp", address: "PRIVATE", inNetwork: false } as const;
    const { port } = site.cloud.platform.doors.find(way);
    for (const [name, value] of Object.entries(secrets))
      site.cloud.platform.secrets.add(name, value);
    await site.write(".venv/pyvenv.cfg", "home = /usr/bin\n");
    await site.write("requirements.txt", "alembic\n");
    await site.write(
      ".venv/bin/alembic",
      `#!/bin/sh\nPGPASSWORD=x; echo "$1 $2 as $POSTGRES_USER at $POSTGRES_HOST:$POSTGRES_PORT"\n[ "$POSTGRES_PORT" = ${port} ]\n`,
    );
    const { chmod } = await import("node:fs/promises");
    await chmod(join(site.workspace, ".venv/bin/alembic"), 0o755);
    const outcome = await play(article, { substitutions: { COMMIT_SHA: "4f2a" } });
    expect(outcome.error).toBeNull();
    expect(Object.keys(statuses(outcome))).toEqual([
      "Step #0",
      "Step #1",
      "Step #2",
      "Step #3",
      "Step #4",
    ]);
    expect(logOf(outcome, "Step #1")).toEqual([`upgrade head as [secret] at 127.0.0.1:${port}`]);
    expect(await (await fetch(site.cloud.url("davidmuraya"))).text()).toBe("built");
    expect(site.cloud.rewrites).toContainEqual({
      where: "step Step #1",
      name: "POSTGRES_HOST",
      from: "[secret]",
      to: "127.0.0.1",
    });
  });

  it("refuses the article's tag when the build was started by hand, without a commit", async () => {
    const outcome = await play(article);
    expect(outcome).toMatchObject({ status: "failed", failedStep: "Step #0" });
    expect(outcome.error).toContain(
      'invalid argument "gcr.io/example-project/davidmuraya:" for "-t, --tag" flag',
    );
  });

  it("starts the proxy in a step, by whose name later steps reach the database", async () => {
    const env = ["PGHOST=db-proxy", "PGPORT=5432", "PGUSER=migrator", "PGDATABASE=shop"];
    const outcome = await play({
      steps: [
        {
          id: "connect",
          name: DOCKER,
          env: ["INSTANCE_CONNECTION_NAME=p:r:i", ...env],
          script: `docker run -d --network cloudbuild --name db-proxy gcr.io/cloud-sql-connectors/cloud-sql-proxy:2 --address 0.0.0.0 "$INSTANCE_CONNECTION_NAME"
until (exec 3<>"/dev/tcp/$PGHOST/$PGPORT") 2>/dev/null; do sleep 0.1; done`,
        },
        {
          id: "psql",
          name: "postgres:18",
          env,
          secretEnv: ["PGPASSWORD"],
          script:
            "psql -XAt -v ON_ERROR_STOP=1 <<'SQL'\nSELECT current_user, current_database();\nSQL",
        },
      ],
      availableSecrets: {
        secretManager: [
          { env: "PGPASSWORD", versionName: "projects/p/secrets/shop-password/versions/1" },
        ],
      },
      timeout: "30s",
    });
    expect(outcome.error).toBeNull();
    expect(logOf(outcome, "psql")[0]).toMatch(/\|/);
    expect(site.cloud.rewrites).toContainEqual({
      where: "step psql",
      name: "PGHOST",
      from: "db-proxy",
      to: "127.0.0.1",
    });
  });
});
