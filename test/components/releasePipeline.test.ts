import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

import { formatDocument, ReleasePipeline, renderRelease } from "../../components";
import type { ReleasePipelineArgs } from "../../components";
import { checkSource } from "../../components/checks/checkSource";
import { evaluate, type EvaluateOptions, type InventoryResource } from "../../inventory";
import { releaseOptions, passwordLogin, poolReach } from "../build/helpers/options";

const OPTIONS = releaseOptions();

const DOCUMENT = renderRelease(OPTIONS);

const ARGS: ReleasePipelineArgs = {
  region: "europe-west1",
  serviceAccount: OPTIONS.serviceAccount,
  source: { repository: "projects/p/locations/europe-west1/connections/c/repositories/r" },
  document: formatDocument(DOCUMENT, "yaml"),
};

const PARENT = "projects/source-project/locations/europe-west1/connections/c";
const GITHUB = { github: { owner: "acme", name: "shop" } };
const LINK = { developerConnect: `${PARENT}/gitRepositoryLinks/shop` };

async function resourcesFor(
  args: Partial<ReleasePipelineArgs> = {},
  evaluation: EvaluateOptions = {},
): Promise<InventoryResource[]> {
  const { resources } = await evaluate(() => {
    new ReleasePipeline("shop", { ...ARGS, ...args });
  }, evaluation);
  return resources.filter(({ custom }) => custom);
}

async function triggerFor(args: Partial<ReleasePipelineArgs> = {}): Promise<InventoryResource> {
  const resources = await resourcesFor(args);
  return resources.find(({ type }) => type.endsWith(":Trigger"))!;
}

/** What starts a release, in Cloud Build's words. */
function eventOf({ inputs }: InventoryResource): Record<string, unknown> {
  const kinds = ["github", "repositoryEventConfig", "developerConnectEventConfig"];
  return Object.fromEntries(Object.entries(inputs).filter(([key]) => kinds.includes(key)));
}

describe("ReleasePipeline", () => {
  it("starts on pushes to main, as its own account, in the repository's region", async () => {
    const { inputs } = await triggerFor();
    expect(inputs).toMatchObject({
      location: "europe-west1",
      name: "shop-dev",
      serviceAccount: OPTIONS.serviceAccount,
      repositoryEventConfig: { repository: ARGS.source.repository, push: { branch: "^main$" } },
      build: { tags: ["release-shop"], options: { logging: "CLOUD_LOGGING_ONLY" } },
    });
  });

  it("says nothing that Cloud Build overrules or that each preview would show", async () => {
    const { inputs } = await triggerFor();
    expect(JSON.stringify(inputs)).not.toMatch(
      /substitutionOption|dynamicSubstitutions|machineType|UNSPECIFIED/,
    );
  });

  it("takes the approval back: what is left out would stay as it was", async () => {
    const on = await triggerFor({ source: { ...ARGS.source, requireApproval: true } });
    expect(on.inputs["approvalConfig"]).toEqual({ approvalRequired: true });
    for (const requireApproval of [undefined, false]) {
      const source = { ...ARGS.source, ...(requireApproval === false && { requireApproval }) };
      const { inputs } = await triggerFor({ source });
      expect(inputs["approvalConfig"]).toEqual({ approvalRequired: false });
    }
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

  it.each<[string, ReleasePipelineArgs["source"], object]>([
    [
      "a GitHub repository of the 1st generation",
      GITHUB,
      { github: { owner: "acme", name: "shop", push: { branch: "^main$" } } },
    ],
    [
      "a repository of the 2nd generation",
      { repository: `${PARENT}/repositories/shop` },
      {
        repositoryEventConfig: {
          repository: `${PARENT}/repositories/shop`,
          push: { branch: "^main$" },
        },
      },
    ],
    [
      "a link of Developer Connect",
      LINK,
      {
        developerConnectEventConfig: {
          gitRepositoryLink: LINK.developerConnect,
          push: { branch: "^main$" },
        },
      },
    ],
  ])("starts on pushes to %s, in its own region", async (_, source, event) => {
    const trigger = await triggerFor({ source });
    expect(eventOf(trigger)).toEqual(event);
    expect(trigger.inputs["location"]).toBe("europe-west1");
  });

  it.each([GITHUB, LINK, ARGS.source])("filters and asks for approval alike %#", async (source) => {
    const filters = { includedFiles: ["service/**"], ignoredFiles: ["docs/**"] };
    const { inputs } = await triggerFor({
      source: { ...source, ...filters, branch: "^release$", requireApproval: true },
    });
    expect(inputs).toMatchObject({ ...filters, approvalConfig: { approvalRequired: true } });
    expect(JSON.stringify(eventOf({ inputs } as InventoryResource))).toContain('"^release$"');
  });

  it("lets the build fetch from Developer Connect before the trigger is there", async () => {
    const resources = await resourcesFor({ source: LINK });
    const grant = resources.find(({ name }) => name === "shop-source-reader")!;
    expect(grant.inputs).toEqual({
      project: "source-project",
      role: "roles/developerconnect.readTokenAccessor",
      member: `serviceAccount:${OPTIONS.serviceAccount.split("/")[3] ?? ""}`,
    });
    const trigger = resources.find(({ type }) => type.endsWith(":Trigger"))!;
    expect(trigger.dependsOn).toContain(grant.urn);
    expect(await resourcesFor({ source: GITHUB })).toHaveLength(1);
  });

  it.each([
    [{}, "none"],
    [{ branch: "^main$" }, "none"],
    [{ ...GITHUB, ...LINK }, "github and developerConnect"],
    [{ ...GITHUB, ...LINK, ...ARGS.source }, "github and repository and developerConnect"],
  ])("refuses anything but one source: %j", async (source, got) => {
    await expect(resourcesFor({ source })).rejects.toThrow(
      `invalid args\n  source: expected exactly one of github, repository and developerConnect, got ${got}`,
    );
  });

  it("does not call a source missing that has the wrong form", async () => {
    await expect(resourcesFor({ source: { repository: "acme/shop" } })).rejects.toThrow(
      /^invalid args\n {2}source\.repository: [^\n]+$/,
    );
  });

  it.each(["repository", "developerConnect"] as const)(
    "refuses a %s of another region, known now or later",
    async (kind) => {
      const path = kind === "repository" ? "repositories/r" : "gitRepositoryLinks/r";
      const elsewhere = `projects/p/locations/us-central1/connections/c/${path}`;
      const line = `source.${kind}: expected a repository in region europe-west1, got "projects/p/locations/us-central1/`;
      const now = resourcesFor({ source: { [kind]: elsewhere } });
      await expect(now).rejects.toThrow(line);
      const later = resourcesFor({ source: { [kind]: pulumi.output(elsewhere) } });
      await expect(later).rejects.toThrow(line);
      const region = resourcesFor({
        region: pulumi.output("us-east4"),
        source: { [kind]: elsewhere },
      });
      await expect(region).rejects.toThrow(
        `source.${kind}: expected a repository in region us-east4`,
      );
    },
  );

  it.each(["repository", "developerConnect"] as const)(
    "does not show a secret %s of another region, nor the region",
    async (kind) => {
      const path = kind === "repository" ? "repositories/r" : "gitRepositoryLinks/r";
      const source = pulumi.secret(`projects/p/locations/canary/connections/c/${path}`);
      await expect(resourcesFor({ source: { [kind]: source } })).rejects.toThrow(
        `invalid args\n  source.${kind}: expected a repository in the trigger's region, got [secret]; connect it in that region: a trigger sees no other`,
      );
    },
  );

  it("takes a source and a document that a preview does not know", async () => {
    const { resources } = await evaluate(
      () => {
        const later = new gcp.projects.Service("later", { service: "run.googleapis.com" }).id;
        const source = { developerConnect: later };
        new ReleasePipeline("shop", { ...ARGS, source, document: later });
      },
      { preview: true },
    );
    expect(resources.map(({ type }) => type)).toContain("gcp:cloudbuild/trigger:Trigger");
  });

  it("takes a private pool of its own region only", async () => {
    const reach = poolReach(passwordLogin);
    const document = formatDocument(renderRelease(releaseOptions({ reach })), "yaml");
    const { inputs } = await triggerFor({ document });
    expect(inputs["build"]).toMatchObject({ options: { workerPool: reach.workerPool } });
    const elsewhere = { source: GITHUB, region: "us-central1", document };
    await expect(resourcesFor(elsewhere)).rejects.toThrow(
      `document.options.workerPool: expected a pool in region us-central1, got "${reach.workerPool}"; builds run where their trigger is`,
    );
  });
});

describe("checkSource", () => {
  it("lets pass what is not known yet, and what has no region", () => {
    const late = pulumi.output("projects/p/locations/us-east4/connections/c/repositories/r");
    expect(checkSource("source", { repository: late }, "europe-west1")).toEqual([]);
    expect(checkSource("source", ARGS.source, pulumi.output("us-east4"))).toEqual([]);
    expect(checkSource("source", GITHUB, "europe-west1")).toEqual([]);
    expect(checkSource("source", undefined, "europe-west1")).toEqual([]);
  });
});
