import { describe, expect, it } from "vitest";

import { guardStep } from "../../components/build/guard";
import { type Answer, linesOf, type Outcome, runScript } from "./helpers/bash";
import { BUILD_ID } from "./helpers/cloudBuild";
import { releaseOptions } from "./helpers/options";

const step = guardStep(releaseOptions());

const LOWER_ID = "0b1c2d3e-aaaa-bbbb-cccc-000000000001";
const HIGHER_ID = "0b1c2d3e-aaaa-bbbb-cccc-000000000003";

const mine = (created: string, started: string): Answer => ({
  to: `gcloud builds describe ${BUILD_ID} --region europe-west1`,
  stdout: `${created},${started}\n`,
});
const ongoing = (lines: string[], times?: number): Answer => ({
  to: "gcloud builds list --region europe-west1 --ongoing",
  stdout: lines.map((line) => `${line}\n`).join(""),
  ...(times === undefined ? {} : { times }),
});
const serves = (...lines: string[]): Answer => ({
  to: "gcloud run services describe shop --region europe-west1 --flatten status.traffic[]",
  stdout: lines.map((line) => `${line}\n`).join(""),
});
const nothingServes: Answer = {
  to: "gcloud run services describe",
  status: 1,
  stderr: "ERROR: (gcloud.run.services.describe) Cannot find service [shop]\n",
};
const released = (lines: string[]): Answer => ({
  to: 'AND status="SUCCESS"',
  stdout: lines.map((line) => `${line}\n`).join(""),
});

const CREATED = "2026-11-22T10:00:00.500Z";
const STARTED = "2026-11-22T10:00:02.500Z";
const me = `${BUILD_ID},${CREATED},${STARTED}`;

describe("guard", () => {
  it("goes on when no other release is under way", async () => {
    const outcome = await runScript(step, [
      mine(CREATED, STARTED),
      ongoing([me]),
      released([]),
      nothingServes,
    ]);
    expect(outcome.stderr).toBe("");
    expect(outcome.status).toBe(0);
    expect(outcome.stdout).toBe("no other release is under way\n");
  });

  it("asks for the builds of its own tag, in the build's region", async () => {
    const outcome = await runScript(
      step,
      [
        { to: "gcloud builds describe", stdout: `${CREATED},${STARTED}\n` },
        { to: "gcloud builds list" },
        nothingServes,
      ],
      { substitutions: { LOCATION: "us-central1" } },
    );
    expect(outcome.calls.slice(1, 3)).toEqual(
      [
        'gcloud builds list --region us-central1 --ongoing --filter|tags="release-shop"|--limit 100 --format csv[no-heading](id,createTime,startTime)',
        'gcloud builds list --region us-central1 --filter|tags="release-shop" AND status="SUCCESS" AND createTime>="2026-11-22T10:00:00.500Z"|--limit 50 --format csv[no-heading](id,createTime)',
      ].map((line) =>
        line.split("|").flatMap((part, index) => (index === 1 ? [part] : part.split(" "))),
      ),
    );
  });

  it("falls back on the service's region where Cloud Build names none", async () => {
    const outcome = await runScript(
      step,
      [mine(CREATED, STARTED), ongoing([]), released([]), nothingServes],
      {
        substitutions: { LOCATION: "" },
      },
    );
    expect(outcome.status).toBe(0);
  });

  it("waits for a release that started before it, and cancels nothing", async () => {
    const other = `${HIGHER_ID},2026-11-22T10:00:01Z,2026-11-22T10:00:01.9Z`;
    const outcome = await runScript(step, [
      mine(CREATED, STARTED),
      ongoing([other, me], 2),
      ongoing([me]),
      released([]),
      nothingServes,
    ]);
    expect(outcome.status).toBe(0);
    const waiting = `waiting for the release ahead of this one: ${HIGHER_ID}\n`;
    expect(outcome.stdout).toBe(`${waiting}${waiting}no other release is under way\n`);
    expect(
      linesOf(outcome, "gcloud").filter(
        (line) => !/^(builds (list|describe)|run services describe) /.test(line),
      ),
    ).toEqual([]);
  });

  it("waits for a younger release that is already under way, as after an approval", async () => {
    const other = `${HIGHER_ID},2026-11-22T10:30:00Z,2026-11-22T10:30:01Z`;
    const outcome = await runScript(step, [
      mine(CREATED, "2026-11-22T10:31:00Z"),
      ongoing([other], 1),
      ongoing([]),
      released([]),
      nothingServes,
    ]);
    expect(outcome.stdout).toContain(`waiting for the release ahead of this one: ${HIGHER_ID}\n`);
    expect(outcome.status).toBe(0);
  });

  it("does not wait for a build that has not started", async () => {
    const outcome = await runScript(step, [
      mine(CREATED, STARTED),
      ongoing([`${LOWER_ID},2026-11-22T09:00:00Z,`]),
      released([]),
      nothingServes,
    ]);
    expect(outcome.status).toBe(0);
  });

  describe("within one millisecond", () => {
    // The same instant, spelled with nine, three and no decimals; and two that differ below it.
    it.each([
      ["2026-11-22T10:00:02.500Z", "2026-11-22T10:00:02.500000000Z"],
      ["2026-11-22T10:00:02.500000001Z", "2026-11-22T10:00:02.500999999Z"],
      ["2026-11-22T10:00:02Z", "2026-11-22T10:00:02.000Z"],
      ["2026-11-22T10:00:02.5Z", "2026-11-22T10:00:02.50Z"],
    ])("lets the lower ID go first (%s, %s)", async (own, other) => {
      const wait = await runScript(step, [
        mine(CREATED, own),
        ongoing([`${LOWER_ID},${CREATED},${other}`], 1),
        ongoing([]),
        released([]),
        nothingServes,
      ]);
      expect(wait.stdout).toContain(`waiting for the release ahead of this one: ${LOWER_ID}\n`);
      const go = await runScript(step, [
        mine(CREATED, own),
        ongoing([`${HIGHER_ID},${CREATED},${other}`]),
        released([]),
        nothingServes,
      ]);
      expect(go.stdout).toBe("no other release is under way\n");
    });
  });

  it("never lets two releases wait for each other, nor go together", async () => {
    const times = [
      "2026-11-22T10:00:02Z",
      "2026-11-22T10:00:02.000123Z",
      "2026-11-22T10:00:02.001Z",
    ];
    const waits = (outcome: Outcome): boolean => outcome.stdout.includes("waiting");
    for (const first of times) {
      for (const second of times) {
        const one = await runScript(step, [
          mine(CREATED, first),
          ongoing([`${HIGHER_ID},${CREATED},${second}`], 1),
          ongoing([]),
          released([]),
          nothingServes,
        ]);
        const two = await runScript(
          step,
          [
            { to: "gcloud builds describe", stdout: `${CREATED},${second}\n` },
            ongoing([`${BUILD_ID},${CREATED},${first}`], 1),
            ongoing([]),
            released([]),
            nothingServes,
          ],
          { substitutions: { BUILD_ID: HIGHER_ID } },
        );
        expect([waits(one), waits(two)].filter(Boolean)).toHaveLength(1);
      }
    }
  });

  it("steps aside for a younger release that has succeeded", async () => {
    const outcome = await runScript(step, [
      mine(CREATED, STARTED),
      ongoing([me]),
      released([`${LOWER_ID},2026-11-22T10:00:01Z`, `${HIGHER_ID},2026-11-22T09:59:00Z`]),
    ]);
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toBe(`superseded by build ${LOWER_ID}\n`);
  });

  it("is not superseded by an older release, nor by itself", async () => {
    const outcome = await runScript(step, [
      mine(CREATED, STARTED),
      ongoing([me]),
      released([`${BUILD_ID},${CREATED}`, `${HIGHER_ID},2026-11-22T09:59:00Z`]),
      nothingServes,
    ]);
    expect(outcome.status).toBe(0);
  });

  describe("when a revision serves", () => {
    const quiet = [mine(CREATED, STARTED), ongoing([me]), released([])];
    const OURS = "shop-00001-xyz";
    const made = (revision: string, build: string): Answer => ({
      to: `gcloud run revisions describe ${revision} --region europe-west1 --format value(metadata.labels.build-id)`,
      stdout: `${build}\n`,
    });
    const created = (build: string, time: string): Answer => ({
      to: `gcloud builds describe ${build} --region europe-west1 --format value(createTime)`,
      stdout: `${time}\n`,
    });
    const YOUNGER = created(HIGHER_ID, "2026-11-22T10:00:01Z");
    const OLDER = created(LOWER_ID, "2026-11-22T09:00:00Z");
    const superseded = `superseded by build ${HIGHER_ID}, which serves by revision shop-00002-abc\n`;

    it("steps aside for a younger release that serves, though its build failed", async () => {
      const outcome = await runScript(step, [
        YOUNGER,
        ...quiet,
        serves("shop-00002-abc,100"),
        made("shop-00002-abc", HIGHER_ID),
      ]);
      expect(outcome.status).toBe(1);
      expect(outcome.stderr).toBe(superseded);
    });

    it("steps aside when it serves a part only, and asks of nothing without traffic", async () => {
      const outcome = await runScript(step, [
        YOUNGER,
        OLDER,
        ...quiet,
        serves("shop-00003-new,", "shop-00000-old,0", `${OURS},90`, "shop-00002-abc,10"),
        made(OURS, LOWER_ID),
        made("shop-00002-abc", HIGHER_ID),
      ]);
      expect(outcome.stderr).toBe(superseded);
      expect(outcome.calls.filter((call) => call.includes("revisions"))).toHaveLength(2);
    });

    it.each<[string, Answer[]]>([
      ["an older release serves", [OLDER, made(OURS, LOWER_ID)]],
      ["its own revision serves", [made(OURS, BUILD_ID)]],
      ["the revision is of no release", [made(OURS, "")]],
      [
        "its build is forgotten",
        [
          { ...OLDER, status: 1, stderr: "ERROR: NOT_FOUND: Requested entity was not found.\n" },
          made(OURS, LOWER_ID),
        ],
      ],
      [
        "the revision has just gone",
        [{ ...made(OURS, ""), status: 1, stderr: "ERROR: Cannot find revision [x]\n" }],
      ],
    ])("goes on when %s", async (_, answers) => {
      const outcome = await runScript(step, [...answers, ...quiet, serves(`${OURS},100`)]);
      expect(outcome.stderr).toBe("");
      expect(outcome.status).toBe(0);
    });

    it.each<[string, Answer[]]>([
      ["what serves", [{ ...serves(), status: 1, stderr: "ERROR: unavailable\n" }]],
      [
        "which build made it",
        [serves(`${OURS},100`), { ...made(OURS, ""), status: 1, stderr: "ERROR: unavailable\n" }],
      ],
      [
        "that build's age",
        [
          serves(`${OURS},100`),
          made(OURS, LOWER_ID),
          { ...OLDER, status: 1, stderr: "ERROR: unavailable\n" },
        ],
      ],
    ])("fails when it cannot be known: %s", async (_, answers) => {
      const outcome = await runScript(step, [...[...answers].reverse(), ...quiet]);
      expect(outcome.status).toBe(1);
      expect(outcome.stderr).toBe("ERROR: unavailable\n");
    });

    it("waits for a grant of a first release", async () => {
      const denied: Answer = {
        ...serves(),
        status: 1,
        stderr: "PERMISSION_DENIED: run.services.get\n",
        times: 2,
      };
      const outcome = await runScript(step, [...quiet, denied, nothingServes]);
      expect(outcome.status).toBe(0);
    });
  });

  it("retries while a grant is not effective yet", async () => {
    const denied =
      "ERROR: (gcloud.builds.describe) PERMISSION_DENIED: The caller does not have permission\n";
    const outcome = await runScript(step, [
      { to: "gcloud builds describe", stderr: denied, status: 1, times: 2 },
      mine(CREATED, STARTED),
      ongoing([me]),
      released([]),
      nothingServes,
    ]);
    expect(outcome.status).toBe(0);
    expect(outcome.stderr.match(/retrying/g)).toHaveLength(2);
  });

  it("fails after two minutes of missing permissions", async () => {
    const outcome = await runScript(step, [
      { to: "gcloud builds describe", stderr: "PERMISSION_DENIED", status: 1 },
    ]);
    expect(outcome.status).toBe(1);
    expect(outcome.calls).toHaveLength(13);
  });

  it("fails at once when the list cannot be read for another reason", async () => {
    const outcome = await runScript(step, [
      mine(CREATED, STARTED),
      { to: "gcloud builds list", stderr: "ERROR: quota", status: 1 },
    ]);
    expect(outcome.status).toBe(1);
    expect(outcome.calls).toHaveLength(2);
  });

  it("fails when the build has no creation time", async () => {
    const outcome = await runScript(step, [{ to: "gcloud builds describe", stdout: ",\n" }]);
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toBe(`error: build ${BUILD_ID} has no creation time\n`);
  });
});
