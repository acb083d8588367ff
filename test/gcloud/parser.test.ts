import { beforeAll, describe, expect, it } from "vitest";

import { gcloudList } from "../../components/build/gcloudList";
import { filledIn, gcloudLines } from "./lines";
import { type Answers, askSdk, type PrintQuestion } from "./sdk";

const lines = gcloudLines();

const WRONG = [
  "gcloud run services update shop --region r --container app --image x --no-traffic",
  "gcloud run jobs execute shop --region r --image x",
  "gcloud run jobs execute shop --region r --wait --async",
  "gcloud builds describe --region r",
  "gcloud run worker-pools update shop-mail --region r",
  "gcloud beta run worker-pools update shop-mail --container app --image x --region r",
  "gcloud beta run worker-pools update shop-mail --region r --container app --args --verbose",
].map((line) => line.split(" "));

const service = {
  metadata: { name: "shop" },
  status: {
    latestCreatedRevisionName: "shop-00002-abc",
    traffic: [
      { revisionName: "shop-00001-xyz", percent: 100, latestRevision: true },
      {
        revisionName: "shop-00002-abc",
        tag: "candidate",
        url: "https://candidate---shop.a.run.app",
      },
    ],
  },
};
const revision = {
  metadata: { labels: { "build-id": "b-2", commit: "89ab" } },
  spec: {
    containers: [
      { name: "app", image: "host/shop@sha256:55" },
      { name: "cloud-sql-proxy", image: "host/proxy:2" },
    ],
  },
  status: {
    conditions: [
      { type: "Ready", status: "True" },
      { type: "Active", status: "Unknown", reason: "Reserve" },
    ],
  },
};
const job = {
  spec: {
    template: { spec: { template: { spec: { containers: [{ image: "host/shop@sha256:55" }] } } } },
  },
  status: {
    executionCount: 2,
    latestCreatedExecution: {
      name: "shop-migrate-b2",
      completionTimestamp: "2026-11-22T10:00:00Z",
    },
  },
};
const execution = {
  metadata: { name: "shop-migrate-b2" },
  spec: { template: { spec: { containers: [{ image: "host/shop@sha256:55" }] } } },
};
const containers = [
  { name: "app", image: "host/shop@sha256:55" },
  { name: "cloud-sql-proxy", image: "host/proxy:2" },
];
const pool = {
  metadata: { name: "shop-mail" },
  spec: { template: { spec: { containers } } },
  status: {
    latestCreatedRevisionName: "shop-mail-00002-def",
    latestReadyRevisionName: "shop-mail-00001-abc",
    instanceSplits: [
      { latestRevision: true, percent: 60 },
      { revisionName: "shop-mail-00000-old", percent: 40 },
    ],
  },
};
const workerJob = { spec: { template: { spec: pool.spec } } };
const backups = [
  { id: "1763800000000", endTime: "2026-11-22T10:00:00.123Z" },
  { id: "1763700000000" },
];
const builds = [
  { id: "b-2", createTime: "2026-11-22T10:00:00.1Z", startTime: "2026-11-22T10:00:01Z" },
  { id: "b-1", createTime: "2026-11-22T09:00:00Z" },
];

const SPLITS =
  "csv[no-heading](status.instanceSplits.revisionName,status.instanceSplits.latestRevision,status.instanceSplits.percent)";
const LATEST_EXECUTION =
  "csv[no-heading](status.latestCreatedExecution.name,status.latestCreatedExecution.completionTimestamp)";

/** Every way in which a script lets gcloud print, with what the script relies on. */
const PRINTED: (PrintQuestion & { text: string })[] = [
  {
    format: "csv[no-heading](createTime,startTime)",
    record: builds[0],
    text: "2026-11-22T10:00:00.1Z,2026-11-22T10:00:01Z\n",
  },
  {
    format: "csv[no-heading](id,createTime,startTime)",
    record: builds,
    text: "b-2,2026-11-22T10:00:00.1Z,2026-11-22T10:00:01Z\nb-1,2026-11-22T09:00:00Z,\n",
  },
  { format: "value(createTime)", record: builds[0], text: "2026-11-22T10:00:00.1Z\n" },
  {
    format: "csv[no-heading](status.latestCreatedRevisionName,status.latestReadyRevisionName)",
    record: pool,
    text: "shop-mail-00002-def,shop-mail-00001-abc\n",
  },
  {
    format: SPLITS,
    flatten: "status.instanceSplits[]",
    record: pool,
    text: ",True,60\nshop-mail-00000-old,,40\n",
  },
  {
    format: "csv[no-heading](id,createTime)",
    record: builds,
    text: "b-2,2026-11-22T10:00:00.1Z\nb-1,2026-11-22T09:00:00Z\n",
  },
  {
    format: "csv[no-heading](id,endTime)",
    record: backups,
    text: "1763800000000,2026-11-22T10:00:00.123Z\n1763700000000,\n",
  },
  {
    format: "value(spec.template.spec.template.spec.containers[0].image)",
    record: job,
    text: "host/shop@sha256:55\n",
  },
  {
    format: LATEST_EXECUTION,
    record: job,
    text: "shop-migrate-b2,2026-11-22T10:00:00Z\n",
  },
  { format: "value(status.latestCreatedExecution.name)", record: job, text: "shop-migrate-b2\n" },
  { format: "value(metadata.name)", record: execution, text: "shop-migrate-b2\n" },
  {
    format: "value(spec.template.spec.containers[0].image)",
    record: execution,
    text: "host/shop@sha256:55\n",
  },
  { format: "value(status.latestCreatedRevisionName)", record: service, text: "shop-00002-abc\n" },
  { format: "value(metadata.labels.build-id)", record: revision, text: "b-2\n" },
  {
    format: "csv[no-heading](spec.containers.name,spec.containers.image)",
    flatten: "spec.containers[]",
    record: revision,
    text: "app,host/shop@sha256:55\ncloud-sql-proxy,host/proxy:2\n",
  },
  {
    format: "csv[no-heading](status.conditions.type,status.conditions.status)",
    flatten: "status.conditions[]",
    record: revision,
    text: "Ready,True\nActive,Unknown\n",
  },
  {
    format: "csv[no-heading](status.traffic.revisionName,status.traffic.percent)",
    flatten: "status.traffic[]",
    record: service,
    text: "shop-00001-xyz,100\nshop-00002-abc,\n",
  },
  {
    format: "csv[no-heading](status.traffic.tag,status.traffic.url)",
    flatten: "status.traffic[]",
    record: service,
    text: ",\ncandidate,https://candidate---shop.a.run.app\n",
  },
];

for (const [path, record] of [
  ["spec.template.spec.containers", pool],
  ["spec.template.spec.template.spec.containers", workerJob],
] as const) {
  PRINTED.push({
    format: `csv[no-heading](${path}.name,${path}.image)`,
    flatten: `${path}[]`,
    record,
    text: "app,host/shop@sha256:55\ncloud-sql-proxy,host/proxy:2\n",
  });
}

/** What the scripts make of nothing: an empty word, an empty line. */
const MISSING: (PrintQuestion & { text: string })[] = [
  {
    format: LATEST_EXECUTION,
    record: { status: { latestCreatedExecution: { name: "shop-migrate-b2" } } },
    text: "shop-migrate-b2,\n",
  },
  { format: LATEST_EXECUTION, record: { status: {} }, text: ",\n" },
  {
    format: SPLITS,
    flatten: "status.instanceSplits[]",
    record: { status: { latestReadyRevisionName: "a-1" } },
    text: ",,\n",
  },
  { format: "value(status.latestCreatedExecution.name)", record: { status: {} }, text: "\n" },
  { format: "value(metadata.labels.build-id)", record: { metadata: {} }, text: "\n" },
  { format: "csv[no-heading](id,createTime)", record: [], text: "" },
  {
    format: "csv[no-heading](createTime,startTime)",
    record: builds[1],
    text: "2026-11-22T09:00:00Z,\n",
  },
  {
    format: "csv[no-heading](status.traffic.revisionName,status.traffic.percent)",
    flatten: "status.traffic[]",
    record: { status: {} },
    text: ",\n",
  },
];

const value = (line: readonly string[], flag: string): string | undefined =>
  line.includes(flag) ? line[line.indexOf(flag) + 1] : undefined;

const filtering = (command: string): string[][] =>
  lines.filter((line) => line.includes("--filter") && line.includes(command)).map(filledIn);

const filters = filtering("builds").map((line) => ({
  expression: value(line, "--filter")!,
  ongoing: line.includes("--ongoing"),
}));

// What Cloud SQL answers is filtered by gcloud itself.
const description = "cloud-run-migrations build 0b1c2d3e-aaaa";
const matches = [
  { description, status: "SUCCESSFUL" },
  { description, status: "FAILED" },
  { description: `${description}-2`, status: "SUCCESSFUL" },
  { description: "cloud-run-migrations build", status: "SUCCESSFUL" },
  { status: "SUCCESSFUL" },
].map((record) => ({ expression: value(filtering("sql")[0]!, "--filter")!, record }));

const LISTS = [
  ["node"],
  [],
  ["a", "b"],
  ["--verbose"],
  ["^a^", "b"],
  ["a,b"],
  ["a,b", "c|d"],
  ["a,|1", "1|b"],
  ['{"a": [1, 2]}', "it's", "$HOME \\"],
];

let answers: Answers;
// The first start of gcloud's Python code reads some thousand files.
beforeAll(() => {
  const parse = [...lines.map(filledIn), ...WRONG];
  answers = askSdk({
    parse,
    print: [...PRINTED, ...MISSING],
    filter: filters,
    match: matches,
    list: LISTS.map(gcloudList),
  });
}, 600_000);

describe("gcloud's own code", () => {
  it("parses every command line of every script", () => {
    lines.forEach((line, index) => {
      expect({ line: filledIn(line), error: answers.parse[index] }).toEqual({
        line: filledIn(line),
        error: null,
      });
    });
  });

  it("refuses lines that are wrong", () => {
    WRONG.forEach((line, index) => {
      expect({ line, error: answers.parse[lines.length + index] }).not.toEqual({
        line,
        error: null,
      });
    });
  });

  it("prints what the scripts read", () => {
    [...PRINTED, ...MISSING].forEach(({ format, flatten, text }, index) => {
      const printed = answers.print[index];
      expect({ format, flatten, printed }).toEqual({ format, flatten, printed: text });
    });
  });

  it("is asked about every format that a script uses", () => {
    const key = (format: string, flatten: string | undefined): string =>
      `${flatten ?? ""} ${format}`;
    const known = new Set(PRINTED.map(({ format, flatten }) => key(format, flatten)));
    const used = lines.flatMap((line) => {
      const format = value(line, "--format");
      return format === undefined || format === "json"
        ? []
        : [key(format, value(line, "--flatten"))];
    });
    expect(new Set(used)).toEqual(known);
  });

  it("leaves no part of a filter to the client, and cuts times to milliseconds", () => {
    expect(answers.filter).toEqual([
      [null, 'tags="release-shop" AND (status="WORKING" OR status="QUEUED")'],
      [
        null,
        'tags="release-shop" AND (status="SUCCESS" AND create_time>="2026-11-22T10:00:00.123Z")',
      ],
    ]);
  });

  it("finds the backup of this very build, when it has ended well", () => {
    expect(answers.match).toEqual([true, false, false, false, false]);
  });

  it("reads lists as they were meant", () => {
    expect(answers.list).toEqual(LISTS);
  });
});
