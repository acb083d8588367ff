import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

import { formatDocument, ReleasePipeline, renderRelease } from "../../components";
import type { ReleaseOptions, ReleasePipelineArgs } from "../../components";
import { evaluate, type InventoryResource } from "../../inventory";

const OPTIONS: ReleaseOptions = {
  region: "europe-west1",
  service: "shop-dev",
  image: "europe-west1-docker.pkg.dev/p/shop-dev/app",
  serviceAccount: "projects/p/serviceAccounts/build@p.iam.gserviceaccount.com",
  build: {
    dockerfile: "Dockerfile",
    context: ".",
    buildArgs: {},
    machineType: null,
    workingDirectory: "/app",
  },
  migration: {
    runs: "NodePgMigrate",
    directory: "migrations",
    ownerRole: "app_owner",
    runtimeRole: "shop_runtime",
    extensions: [],
    lockTimeout: "5s",
    statementTimeout: "15min",
    lockWait: "10min",
  },
  reach: { connectivity: "CloudRunJob", job: "shop-dev-migrate", rolesJob: null },
  promotion: { promotion: "AfterProbe", verifyCommand: null },
  timeouts: {
    guardSeconds: 60,
    buildSeconds: 60,
    migrationSeconds: 60,
    verifyRevisionSeconds: 60,
    queueSeconds: 60,
  },
};

const DOCUMENT = renderRelease(OPTIONS);

const ARGS: ReleasePipelineArgs = {
  region: "europe-west1",
  serviceAccount: OPTIONS.serviceAccount,
  source: { repository: "projects/p/locations/europe-west1/connections/c/repositories/r" },
  document: formatDocument(DOCUMENT, "yaml"),
};

async function triggerFor(args: Partial<ReleasePipelineArgs> = {}): Promise<InventoryResource> {
  const { resources } = await evaluate(() => {
    new ReleasePipeline("shop", { ...ARGS, ...args });
  });
  return resources.find(({ type }) => type.endsWith(":Trigger"))!;
}

describe("ReleasePipeline", () => {
  it("starts on pushes to main, as its own account, in the repository's region", async () => {
    const { inputs } = await triggerFor();
    expect(inputs).toMatchObject({
      location: "europe-west1",
      name: "shop-dev",
      serviceAccount: OPTIONS.serviceAccount,
      repositoryEventConfig: { repository: ARGS.source.repository, push: { branch: "^main$" } },
      build: { tags: ["release-shop-dev"], options: { logging: "CLOUD_LOGGING_ONLY" } },
    });
  });

  it("says nothing that Cloud Build overrules or that each preview would show", async () => {
    const { inputs } = await triggerFor();
    expect(inputs["approvalConfig"]).toBeUndefined();
    expect(JSON.stringify(inputs)).not.toMatch(
      /substitutionOption|dynamicSubstitutions|machineType|UNSPECIFIED/,
    );
  });

  it("filters files and waits for approval when told to", async () => {
    const { inputs } = await triggerFor({
      source: {
        ...ARGS.source,
        branch: "^release$",
        includedFiles: ["service/**"],
        ignoredFiles: ["docs/**"],
        requireApproval: true,
      },
    });
    expect(inputs).toMatchObject({
      repositoryEventConfig: { push: { branch: "^release$" } },
      includedFiles: ["service/**"],
      ignoredFiles: ["docs/**"],
      approvalConfig: { approvalRequired: true },
    });
  });

  it("takes a document as YAML and as JSON", async () => {
    const yaml = await triggerFor();
    const json = await triggerFor({ document: formatDocument(DOCUMENT, "json") });
    expect(json.inputs["build"]).toEqual(yaml.inputs["build"]);
  });

  it("refuses a document in which a revision could serve before its migrations", async () => {
    const steps = DOCUMENT.steps.filter(({ id }) => id !== "migrate");
    const document = pulumi.output(formatDocument({ ...DOCUMENT, steps }, "yaml"));
    await expect(triggerFor({ document })).rejects.toThrow(/invalid args\n {2}steps/);
  });

  it("refuses a repository of another region", async () => {
    await expect(triggerFor({ region: "us-central1" })).rejects.toThrow(
      "source.repository: expected a repository in region us-central1",
    );
  });
});
