import { beforeAll, describe, expect, it } from "vitest";

import { filledIn, gcloudLines } from "./lines";
import { type Answers, askSdk, type PrintQuestion } from "./sdk";

const lines = gcloudLines();

const WRONG = [
  "gcloud run services update shop --region r --container app --image x --no-traffic",
  "gcloud run jobs execute shop --region r --image x",
  "gcloud run jobs execute shop --region r --wait --async",
  "gcloud builds describe --region r",
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
const builds = [
  { id: "b-2", createTime: "2026-11-22T10:00:00.1Z", startTime: "2026-11-22T10:00:01Z" },
  { id: "b-1", createTime: "2026-11-22T09:00:00Z" },
];

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
  {
    format: "csv[no-heading](id,createTime)",
    record: builds,
    text: "b-2,2026-11-22T10:00:00.1Z\nb-1,2026-11-22T09:00:00Z\n",
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

/** What the scripts make of nothing: an empty word, an empty line. */
const MISSING: (PrintQuestion & { text: string })[] = [
  {
    format: LATEST_EXECUTION,
    record: { status: { latestCreatedExecution: { name: "shop-migrate-b2" } } },
    text: "shop-migrate-b2,\n",
  },
  { format: LATEST_EXECUTION, record: { status: {} }, text: ",\n" },
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

const filters = lines
  .filter((line) => line.includes("--filter"))
  .map((line) => ({
    expression: value(filledIn(line), "--filter")!,
    ongoing: line.includes("--ongoing"),
  }));

let answers: Answers;
// The first start of gcloud's Python code reads some thousand files.
beforeAll(() => {
  const parse = [...lines.map(filledIn), ...WRONG];
  answers = askSdk({ parse, print: [...PRINTED, ...MISSING], filter: filters });
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
});
