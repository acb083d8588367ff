import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { checkRelease } from "../../components/build/checkRelease";
import type { AnyBuildDocument, AnyBuildStep } from "../../components/build/document";
import { parseDocument } from "../../components/build/formatDocument";
import { renderRelease } from "../../components/build/renderRelease";
import { formatViolation } from "../../components/core/violations";
import {
  command,
  commandJobReach,
  mailWorker,
  migrationImage,
  passwordLogin,
  releaseOptions,
  reportWorker,
  secretVersion,
  stepReach,
} from "./helpers/options";

const job = (): AnyBuildDocument => structuredClone(renderRelease(releaseOptions()));
const inStep = (): AnyBuildDocument =>
  structuredClone(renderRelease(releaseOptions({ reach: stepReach(passwordLogin) })));

const violations = (document: AnyBuildDocument): string[] =>
  checkRelease(document).map((violation) => {
    expect(violation.rule).toMatch(/^document-[a-z]+(-[a-z]+)*$/);
    return formatViolation(violation);
  });

function step(document: AnyBuildDocument, id: string): AnyBuildStep {
  return document.steps!.find((one) => one.id === id)!;
}

function without(document: AnyBuildDocument, id: string): AnyBuildDocument {
  return { ...document, steps: document.steps!.filter((one) => one.id !== id) };
}

function change(
  document: AnyBuildDocument,
  id: string,
  changes: Partial<AnyBuildStep>,
): AnyBuildDocument {
  return {
    ...document,
    steps: document.steps!.map((one) => (one.id === id ? { ...one, ...changes } : one)),
  };
}

const NO_MIGRATION = "steps: expected a step that migrates the database, got ";
const unmigrated = (id: string, what: string, got: string): string =>
  `steps[${id}].waitFor: expected the migration to have succeeded before the step ${what}, got ${got}`;
const BEFORE_DEPLOY = "migrate, check, push, build, guard";
const notMigrated = [
  unmigrated("deploy", "makes a revision", BEFORE_DEPLOY),
  unmigrated("promote", "moves traffic", `deploy, ${BEFORE_DEPLOY}`),
];

describe("a broken document is refused", () => {
  it("whose migration was deleted", () => {
    expect(violations(without(job(), "migrate"))).toEqual([
      'steps[deploy].waitFor: expected guard | build | push | check, got "migrate"; a step can wait for earlier steps only',
      `${NO_MIGRATION}guard, build, push, check, deploy, promote`,
      unmigrated("deploy", "makes a revision", "nothing"),
      unmigrated("promote", "moves traffic", "deploy"),
    ]);
  });

  it.each([
    ["a job", releaseOptions()],
    ["a job with a command", releaseOptions({ migration: command, reach: commandJobReach })],
    ["a step", releaseOptions({ reach: stepReach(passwordLogin) })],
    [
      "a step with a command",
      releaseOptions({ migration: command, reach: stepReach(passwordLogin) }),
    ],
    [
      "a verification",
      releaseOptions({
        reach: stepReach(passwordLogin),
        promotion: { promotion: "AfterProbe", verifyCommand: ["node", "verify.js"] },
      }),
    ],
  ])("whose migration was deleted and forgotten in every waitFor: %s", (_, options) => {
    const document = without(renderRelease(options), "migrate");
    for (const one of document.steps!) {
      one.waitFor = one.waitFor?.map((id) => (id === "migrate" ? "push" : id));
    }
    expect(violations(document).some((line) => line.startsWith(NO_MIGRATION))).toBe(true);
    expect(violations(document).filter((line) => line.includes("makes a revision"))).toHaveLength(
      1,
    );
  });

  it("whose migration's waitFor was dropped", () => {
    expect(violations(change(job(), "migrate", { waitFor: undefined }))).toEqual([
      "steps[migrate].waitFor: expected IDs of earlier steps, as the other steps name them, got nothing; write waitFor on every step after the first, or on none",
    ]);
  });

  it("whose migration waits for nothing", () => {
    expect(violations(change(job(), "migrate", { waitFor: ["-"] }))).toEqual([
      "steps[migrate].waitFor: expected a step that pushes the image to have ended, got nothing; push the image before it migrates: what has changed the database must be deployable",
    ]);
  });

  it("whose promotion was moved before the migration", () => {
    const document = job();
    const promote = step(document, "promote");
    const rest = without(document, "promote").steps!;
    document.steps = [...rest.slice(0, 4), promote, ...rest.slice(4)];
    expect(violations(document)).toEqual([
      'steps[promote].waitFor: expected guard | build | push | check, got "deploy"; a step can wait for earlier steps only',
      unmigrated("promote", "moves traffic", "nothing"),
    ]);
  });

  it("whose deployment waits for the push only", () => {
    expect(violations(change(job(), "deploy", { waitFor: ["push"] }))).toEqual([
      unmigrated("deploy", "makes a revision", "push, build, guard"),
      unmigrated("promote", "moves traffic", "deploy, push, build, guard"),
    ]);
  });

  it("whose promotion does not wait for the deployment", () => {
    expect(violations(change(job(), "promote", { waitFor: ["check"] }))).toEqual([
      unmigrated("promote", "moves traffic", "check, push, build, guard"),
    ]);
  });

  it.each([
    ["true", "true"],
    ["#!/bin/bash\ntrue\n", "true"],
    ["", ""],
    ["set -e\necho migrated\n", "set -e\\necho migrated"],
  ])("whose migration's script was replaced by %j", (script, got) => {
    expect(violations(change(job(), "migrate", { script }))).toEqual([
      `steps[migrate].script: expected the migration job, run and awaited, or a command of the just-built image, got "${got}"`,
      ...notMigrated,
    ]);
  });

  it.each<[string, Partial<AnyBuildStep>, string]>([
    ["entrypoint true", { entrypoint: "true", args: [] }, 'a command that migrates, got "true"'],
    [
      "entrypoint /bin/true",
      { entrypoint: "/bin/true" },
      'a command that migrates, got "/bin/true ',
    ],
    [
      "a shell's true",
      { entrypoint: "sh", args: ["-c", "true"] },
      'a command that migrates, got "true"',
    ],
    [
      "a shell's nothing",
      { entrypoint: "bash", args: ["-ec", " : ; exit 0"] },
      'a command that migrates, got ":; exit 0"',
    ],
    ["no command", { entrypoint: undefined, args: undefined }, 'a command that migrates, got ""'],
    [
      "the check of the tool",
      { args: ["node_modules/cloud-run-migrations/dist/migrate/cli.js", "check"] },
      'the tool\'s command up, got "check"',
    ],
    [
      "an excused failure",
      { entrypoint: "sh", args: ["-c", "alembic upgrade head || true"] },
      "a failure that fails the step: the command by itself",
    ],
    [
      "an overlooked failure",
      { entrypoint: "sh", args: ["-c", "alembic upgrade head; echo done"] },
      'set -e, so that a failure fails the step, got "alembic upgrade head; echo done"',
    ],
  ])("whose migration in the image was replaced by %s", (_, changes, expected) => {
    const [first, ...rest] = violations(change(inStep(), "migrate", changes));
    expect(first?.startsWith(`steps[migrate].args: expected ${expected}`)).toBe(true);
    expect(rest).toEqual(notMigrated);
  });

  it("whose migration runs in another image", () => {
    const [first] = violations(change(inStep(), "migrate", { name: "node:22" }));
    expect(first).toBe(
      'steps[migrate].name: expected the migration job, run and awaited, or a command of the just-built image, got "node:22"',
    );
  });

  it.each([
    [
      "is not awaited",
      (script: string) => script.replaceAll("--wait", "--async"),
      "the job's end to be awaited (--wait), got no --wait",
    ],
    [
      "is never called",
      (script: string) => script.replace(/^execute_job .*$/m, ""),
      "the migration job, run and awaited",
    ],
    [
      "comes after an exit",
      (script: string) => script.replace(/^patiently gcloud/m, "exit 0\npatiently gcloud"),
      "the migration job, run and awaited",
    ],
    [
      "is excused",
      (script: string) => script.replace(") || execution_failed", ") || true"),
      "a failure that fails the step: the command by itself, behind no condition, got ",
    ],
    [
      "is a comment",
      (script: string) => script.replace(/^(\s*)execution=\$\(/m, "$1# execution=$("),
      "the migration job, run and awaited",
    ],
    [
      "is overlooked",
      (script: string) => script.replace("set -euo pipefail", "set +e"),
      "set -e, so that a failure fails the step",
    ],
  ])("whose job %s", (_, alter, expected) => {
    const script = alter(step(job(), "migrate").script!);
    expect(script).not.toBe(step(job(), "migrate").script);
    const [first, ...rest] = violations(change(job(), "migrate", { script }));
    expect(first?.startsWith(`steps[migrate].script: expected ${expected}`)).toBe(true);
    expect(rest).toEqual(notMigrated);
  });

  describe("whose workers", () => {
    const workers = [mailWorker, reportWorker];
    const whole = (): AnyBuildDocument =>
      structuredClone(renderRelease(releaseOptions({ workers })));
    const only = (one: (typeof workers)[number]): AnyBuildDocument =>
      structuredClone(renderRelease(releaseOptions({ workers: [one] })));

    it("get the image without waiting for the migration", () => {
      expect(violations(change(whole(), "deploy-workers", { waitFor: ["push"] }))).toEqual([
        unmigrated("deploy-workers", "makes a revision", "push, build, guard"),
      ]);
    });

    it("are jobs that get the image without waiting for the migration", () => {
      expect(violations(only(reportWorker))).toEqual([]);
      expect(
        violations(change(only(reportWorker), "deploy-workers", { waitFor: ["check"] })),
      ).toEqual([
        unmigrated("deploy-workers", "gives a job its image", "check, push, build, guard"),
      ]);
    });

    it("are pools whose instances move without waiting for the migration", () => {
      const script =
        "set -e\ngcloud beta run worker-pools update-instance-split shop-mail --to-latest\n";
      expect(violations(change(only(mailWorker), "deploy-workers", { script }))).toEqual([]);
      expect(
        violations(change(only(mailWorker), "deploy-workers", { script, waitFor: ["push"] })),
      ).toEqual([unmigrated("deploy-workers", "moves traffic", "push, build, guard")]);
    });

    it("wait for a migration that was deleted", () => {
      const document = without(whole(), "migrate");
      for (const one of document.steps!) {
        one.waitFor = one.waitFor?.map((id) => (id === "migrate" ? "push" : id));
      }
      expect(violations(document).filter((line) => line.startsWith("steps["))).toHaveLength(3);
    });
  });

  it("whose migration was deleted, but not the build of its image", () => {
    const document = without(renderRelease(releaseOptions({ migrationImage })), "migrate");
    expect(violations(document)[1]).toBe(
      `${NO_MIGRATION}guard, build, build-migration, push, check, deploy, promote`,
    );
  });

  it("whose migration runs in an image that nobody built", () => {
    const document: AnyBuildDocument = structuredClone(
      renderRelease(releaseOptions({ migrationImage, reach: stepReach(passwordLogin) })),
    );
    document.images = document.images!.slice(0, 1);
    document.steps = without(document, "build-migration").steps!;
    step(document, "push").waitFor = ["build"];
    const [first] = violations(document);
    expect(first).toMatch(
      /^steps\[migrate\]\.name: expected the migration job, run and awaited, or/,
    );
  });

  it("whose image is never pushed, or pushed later", () => {
    const document = change(job(), "push", { script: "docker tag a b" });
    const expected = `steps[migrate].waitFor: expected a step that pushes the image to have ended, got check, push, build, guard; push the image before it migrates: what has changed the database must be deployable`;
    expect(violations(document)).toEqual([expected]);
  });

  it("whose failures are allowed", () => {
    const document = change(job(), "migrate", { allowFailure: true });
    expect(violations(change(document, "deploy", { allowExitCodes: [1, 2] }))).toEqual([
      "steps[migrate].allowFailure: expected nothing, got true; a failed step must end the release",
      "steps[deploy].allowExitCodes: expected nothing, got [1,2]; a failed step must end the release",
    ]);
  });

  it("with two steps of one ID", () => {
    expect(violations(change(job(), "check", { id: "push" }))).toContain(
      'steps[3].id: expected an ID that no other step has, got "push"',
    );
  });

  it("with a cycle or a step that waits for itself", () => {
    expect(violations(change(job(), "push", { waitFor: ["push"] }))[0]).toBe(
      'steps[push].waitFor: expected guard | build, got "push"; a step can wait for earlier steps only',
    );
  });

  it("with a branch name in shell text", () => {
    const args = ["-c", "gcloud run deploy x --tag ${BRANCH_NAME} $$HOME $PROJECT_ID"];
    const document = change(job(), "promote", { script: undefined, entrypoint: "bash", args });
    expect(violations(document)).toEqual([
      "steps[promote].args: expected no substitution in shell text, got $BRANCH_NAME; a branch name can run code there: give it by env and use script",
    ]);
  });

  it("with a script beside arguments", () => {
    expect(violations(change(job(), "promote", { args: ["x"] }))).toEqual([
      "steps[promote].script: expected script or args, got args too",
    ]);
  });

  it("with secrets that do not fit", () => {
    const document = change(inStep(), "migrate", { secretEnv: ["PGPASS"] });
    expect(violations(document)).toEqual([
      'steps[migrate].secretEnv: expected PGPASSWORD, got "PGPASS"',
      'availableSecrets.secretManager: expected secrets that a step uses, got "PGPASSWORD"',
    ]);
  });

  it("with two secrets of one name", () => {
    const document = inStep();
    const { secretManager } = document.availableSecrets!;
    secretManager!.push({ ...secretManager![0]!, versionName: secretVersion("another") });
    expect(violations(document)).toEqual([
      'availableSecrets.secretManager: expected one secret for each name, got "PGPASSWORD" again',
    ]);
  });

  it("whose whole is shorter than its parts", () => {
    expect(violations({ ...job(), timeout: "600s" })).toEqual([
      'timeout: expected at least 8580s, the sum of steps that run one after the other, got "600s"',
    ]);
  });

  it.each([[{}], [{ steps: [] }], [{ steps: "x" } as unknown as AnyBuildDocument]])(
    "without steps (%j)",
    (document) => {
      expect(violations(document)[0]).toMatch(/^steps: expected the steps of a release, got /);
    },
  );
});

describe("a document of other people", () => {
  const built = "gcr.io/p/app:$COMMIT_SHA";
  const sound: AnyBuildDocument = {
    steps: [
      { name: "gcr.io/cloud-builders/docker", args: ["build", "-t", built, "."] },
      { name: "gcr.io/cloud-builders/docker", args: ["push", built] },
      { name: built, entrypoint: "alembic", args: ["upgrade", "head"] },
      {
        name: "gcr.io/google.com/cloudsdktool/cloud-sdk",
        args: ["gcloud", "beta", "run", "deploy", "app", `--image=${built}`, "--no-traffic"],
      },
      {
        name: "gcr.io/cloud-builders/gcloud",
        args: ["--quiet", "run", "services", "update-traffic", "app", "--to-latest"],
      },
    ],
  };

  it("is accepted without IDs and waitFor when the order is right", () => {
    expect(violations(sound)).toEqual([]);
  });

  it.each([
    [
      "the push is last",
      [0, 2, 3, 4, 1],
      ["steps[1].waitFor: expected a step that pushes the image"],
    ],
    [
      "the deployment is before the migration",
      [0, 1, 3, 2, 4],
      ["steps[2].waitFor: expected the migration to have succeeded"],
    ],
    [
      "the migration is last",
      [0, 1, 3, 4, 2],
      ["steps[2].waitFor: expected the migration", "steps[3].waitFor: expected the migration"],
    ],
    ["there is no migration", [0, 1, 3, 4], [NO_MIGRATION, "steps[2].waitFor", "steps[3].waitFor"]],
  ])("is refused when %s", (_, order, expected) => {
    const found = violations({ steps: order.map((index) => sound.steps![index]!) });
    expect(found).toHaveLength(expected.length);
    found.forEach((line, index) => {
      expect(line.startsWith(expected[index]!)).toBe(true);
    });
  });

  it.each<[string, AnyBuildStep]>([
    [
      "kaniko",
      { name: "gcr.io/kaniko-project/executor:v1.23.2", args: [`--destination=${built}`] },
    ],
    [
      "buildx",
      {
        name: "docker",
        entrypoint: "docker",
        args: ["buildx", "build", "--push", "-t", built, "."],
      },
    ],
    ["a script", { name: "docker", script: "set -e\ndocker build -t x .\ndocker push x\n" }],
  ])("may push by %s", (_, push) => {
    const [, , ...rest] = sound.steps!;
    expect(violations({ steps: [push, ...rest], images: [built] })).toEqual([]);
  });

  // What follows the migration, and whether sh then ends with a failure when the migration failed.
  it.each([
    ["|| exit 1", true],
    ["|| exit", true],
    ["|| exit $?", true],
    ["|| exit 257", true],
    ["|| exit 1; echo done", true],
    ["&& echo done || exit 1", true],
    ["|| { echo failed >&2; exit 1; }", true],
    ["|| exit 0", false],
    ["|| exit 256", false],
    ["|| exit; echo done", true],
    ["|| true; exit", false],
    ["|| true || exit 1", false],
    ["|| { echo failed; exit; }", false],
    ["|| echo failed", false],
    ["&& echo done || true", false],
  ])("may go on after its migration by %s: %s", (text, fails) => {
    const script = `false ${text}`;
    expect(spawnSync("sh", ["-c", script]).status !== 0).toBe(fails);
    const migrate = {
      name: built,
      entrypoint: "sh",
      args: ["-c", `alembic upgrade head ${text}`],
    };
    const [build, push, , ...rest] = sound.steps!;
    expect(violations({ steps: [build!, push!, migrate, ...rest] }).length === 0).toBe(fails);
  });

  it("may not make a success of a failure, with set -e either", () => {
    const [build, push, , ...rest] = sound.steps!;
    for (const text of ["|| exit 0", "&& echo done || true"]) {
      const migrate = {
        id: "migrate",
        name: built,
        script: `set -e\nalembic upgrade head ${text}\n`,
      };
      expect(violations({ steps: [build!, push!, migrate, ...rest] })[0]).toContain(
        "expected a failure that fails the step",
      );
    }
  });

  const TOOL = "node node_modules/cloud-run-migrations/dist/migrate/cli.js up";
  const migratedBy = (script: string): string[] => {
    const [build, push, , ...rest] = sound.steps!;
    return violations({ steps: [build!, push!, { id: "migrate", name: built, script }, ...rest] });
  };

  // Each with `false` for the tool ends with success in bash, or goes on behind the failure.
  it.each([
    "set -e\nTOOL | tee log\n",
    "set -e\nTOOL && echo ok\necho done\n",
    "set -e\nif ! TOOL; then echo failed; fi\n",
    "set -e\nif TOOL; then echo done; fi\n",
    "set -e\nuntil TOOL; do break; done\n",
    "set -e\nTOOL &\necho started\n",
    "set -e\n! TOOL\n",
    "set -e\nTOOL || rc=$?\necho done\n",
    "set -e\nwarn() { echo w; }\nTOOL || warn failed\n",
    "set -e\n(TOOL) || true\n",
    "set -e\n{ TOOL; } || true\n",
    "set -e\nm() { TOOL; }\nm || true\n",
    "set -e\nm() { TOOL; echo done; }\nm && echo ok\n",
    "set -e\n{ TOOL; echo done; } && echo ok\n",
    "set -e\ntrap 'exit 0' EXIT\nTOOL\n",
    "set -e\nend() { exit 0; }\ntrap end EXIT\nTOOL\n",
    "set -e; set +e\nTOOL\necho done\n",
    "set -e\nlocal_x() { local x=$(TOOL); }\nlocal_x\n",
    "set -e\necho $(TOOL)\n",
    "set -e\ntrue || TOOL\n",
    "set -e\n(TOOL || exit 1) || true\n",
    "set -e\nfail() { echo no; return 0; exit 1; }\nTOOL || fail\n",
  ])("may not hide that its migration failed: %j", (script) => {
    expect(spawnSync("bash", ["-c", script.replace("TOOL", "false")]).status).toBe(0);
    expect(migratedBy(script.replace("TOOL", TOOL))[0]).toMatch(
      /^steps\[migrate\]\.script: expected (?:a failure that fails the step|set -e, so)/,
    );
  });

  it.each([
    "set -e\nTOOL\necho done\n",
    "set -euo pipefail\nTOOL 2>&1 | tee log\necho done\n",
    "set -e\ncd . && TOOL\n",
    "TOOL && echo ok\n",
    "set -e\nm() {\n  TOOL\n  echo done\n}\nm\necho done\n",
    "set -e\nfail() { echo no >&2; exit 1; }\nTOOL || fail\necho done\n",
    "TOOL || { echo no; exit 1; }\necho done\n",
    "set -e\nx=$(TOOL)\necho done\n",
    "set -e\n(cd .; TOOL)\necho done\n",
    "set -e\n{ TOOL; }\necho done\n",
    "set -e\nm() { TOOL || return 1; }\nm\necho done\n",
    "set -e\ntrap 'rm -f x' EXIT\nTOOL\n",
    "exec TOOL\n",
  ])("may migrate plainly: %j", (script) => {
    expect(spawnSync("bash", ["-c", script.replace("TOOL", "false")]).status).not.toBe(0);
    expect(migratedBy(script.replace("TOOL", TOOL))).toEqual([]);
  });

  const DEPLOY = "gcloud run deploy shop --image x --no-traffic";
  const withEarly = (early: AnyBuildStep): string[] => {
    const [build, push, ...rest] = sound.steps!;
    const gcloud = "gcr.io/google.com/cloudsdktool/google-cloud-cli:528.0.0-slim";
    return violations({ steps: [build!, push!, { name: gcloud, ...early }, ...rest] });
  };

  it.each([
    "DEPLOY",
    "exec 2>&1\nDEPLOY",
    "(exit 0)\nDEPLOY",
    "exit 0 | cat\nDEPLOY",
    "trap 'DEPLOY' EXIT",
    "eval 'DEPLOY'",
    "eval DEPLOY",
    "X='DEPLOY'\neval \"$X\"",
    "X='DEPLOY'\nbash -c \"$X\"",
    "bash -c 'DEPLOY'",
    "timeout 60 bash -euc 'DEPLOY'",
    "bash <<'X'\nDEPLOY\nX",
    "bash <<<'DEPLOY'",
    "echo 'DEPLOY' | sh",
    "printf '%s' 'DEPLOY' | bash -s",
    "source /dev/stdin <<X\nDEPLOY\nX",
    "x=$'it\\'s'\nDEPLOY",
    "((x=1<<y))\nDEPLOY",
    'log() { "$@"; }\nlog DEPLOY',
    'log() { echo "+ $*"; "$@"; }\nlog DEPLOY',
    'GC="gcloud --quiet"\n$GC run deploy shop',
    "cat <(DEPLOY)",
    "function d {\nDEPLOY\n}\nd",
    "case x in\n  x) DEPLOY ;;\nesac",
    "gcloud run --log-http deploy shop",
    "gcloud --log-http --project p run deploy shop",
    "gcloud beta run multi-region-services update shop --image x",
    "gcloud alpha run compose up compose.yaml",
    "gcloud run jobs replace job.yaml",
    'for j in a; do gcloud run jobs execute "$j" --wait; done\ngcloud run jobs update mail --image x',
  ])("may not release before its migration by %j", (text) => {
    const script = `set -e\n${text.replace("DEPLOY", DEPLOY)}\n`;
    const [first, ...rest] = withEarly({ script });
    expect(first).toMatch(/^steps\[2\]\.waitFor: expected the migration to have succeeded/);
    expect(rest).toEqual([]);
  });

  it.each([
    ["bash", ["-c", DEPLOY]],
    ["bash", ["-ce", DEPLOY]],
    ["bash", ["-cex", DEPLOY]],
    ["bash", ["-e", "-o", "pipefail", "-c", DEPLOY]],
    ["/usr/bin/env", ["bash", "-c", DEPLOY]],
  ])("may not release before its migration by %s %j", (entrypoint, args) => {
    expect(withEarly({ entrypoint, args })[0]).toMatch(/expected the migration to have succeeded/);
  });

  it.each([
    `echo '${DEPLOY}'`,
    `log() { echo "$*" >&2; }\nlog ${DEPLOY}`,
    `cat <<X\n${DEPLOY}\nX`,
    `# ${DEPLOY}`,
    `exit 0\n${DEPLOY}`,
    "gcloud run services describe shop --region r | bash -c 'cat'",
  ])("may speak of releases before its migration: %j", (script) => {
    expect(withEarly({ script: `${script}\n` })).toEqual([]);
  });

  it.each([
    "set -e\nalembic upgrade head | tee log\n",
    "set -e\nx=$(alembic upgrade head) || true\n",
    "set -e\nm() { alembic upgrade head; }\nm || true\n",
  ])("may not hide the failure of a command that is not ours: %j", (script) => {
    expect(migratedBy(script)[0]).toMatch(/expected a failure that fails the step/);
  });

  it("may migrate by a job that its update executes", () => {
    const migrate = {
      name: "gcr.io/cloud-builders/gcloud",
      args: ["run", "jobs", "update", "migrate", "--image", built, "--execute-now", "--wait"],
    };
    const [build, push, , ...rest] = sound.steps!;
    expect(violations({ steps: [build!, push!, migrate, ...rest] })).toEqual([]);
    migrate.args = migrate.args.slice(0, -1);
    expect(violations({ steps: [build!, push!, migrate, ...rest] })[0]).toMatch(NO_MIGRATION);
  });

  it("may update its migration job in a step of its own, and no other job", () => {
    const [build, push, , ...rest] = sound.steps!;
    const gcloud = (...args: string[]): AnyBuildStep => ({
      name: "gcr.io/cloud-builders/gcloud",
      args,
    });
    const execute = gcloud("run", "jobs", "execute", "--wait", "migrate");
    const update = (job: string): AnyBuildStep =>
      gcloud("run", "jobs", "update", "--quiet", job, `--image=${built}`);
    const steps = (...jobs: string[]): AnyBuildStep[] => [
      build!,
      push!,
      ...jobs.map(update),
      { ...execute, id: "migrate" },
      ...rest,
    ];
    expect(violations({ steps: steps("migrate") })).toEqual([]);
    expect(violations({ steps: steps("migrate", "report") })).toEqual([
      "steps[3].waitFor: expected the migration to have succeeded before the step gives a job its image, got 0, 1, 2",
    ]);
    expect(violations({ steps: [...steps("migrate"), update("report")] })).toEqual([]);
  });

  it("may be the article's: it parses, and pushes too late", () => {
    const text = readFileSync(join(__dirname, "fixtures/seed-cloudbuild.yaml"), "utf8");
    const document = parseDocument(text);
    expect(document.steps).toHaveLength(5);
    expect(document.availableSecrets?.secretManager).toHaveLength(5);
    expect(violations(document)).toEqual([
      "steps[1].waitFor: expected a step that pushes the image to have ended, got 0; push the image before it migrates: what has changed the database must be deployable",
    ]);
  });
});
