import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

import { ContainerService, MigratedService, MigrationJob, Worker } from "../../../components";
import { evaluate } from "../../../inventory";

const REGION = "europe-west1";
const connection = { connectionName: "p:europe-west1:i", database: "app", user: "shop_runtime" };
const place = { namePrefix: "shop", region: REGION, serviceAccount: "a@p.iam.gserviceaccount.com" };

const MIGRATED = {
  region: REGION,
  source: { repository: `projects/p/locations/${REGION}/connections/c/repositories/r` },
  service: { workers: { mailer: { command: ["node", "mailer.js"] } } },
};

/** A service, its job and its worker, as parts of one whole or each by itself. */
class Whole extends pulumi.ComponentResource {
  constructor(name: string, isOne: boolean, region: pulumi.Input<string> = REGION) {
    super("test:index:Whole", name);
    const options = isOne ? { parent: this } : {};
    const shared = { ...place, region, connection };
    new ContainerService(`${name}-service`, shared, options);
    new ContainerService(`${name}-again`, shared, options);
    new MigrationJob(`${name}-job`, { ...shared, runtimeRole: "shop_runtime2" }, options);
    new Worker(`${name}-worker`, { ...shared, workerName: "mailer", command: ["a"] }, options);
  }
}

interface Outcome {
  asked: string[];
  errors: string[];
}

/** What is asked and what Pulumi would print: each error that nobody handled, once. */
async function outcome(
  program: () => void,
  answer: (call: string) => Record<string, unknown>,
): Promise<Outcome> {
  const asked: string[] = [];
  const errors = new Set<unknown>();
  const collect = (error: unknown) => errors.add(error);
  await evaluate(
    () => {
      process.prependListener("unhandledRejection", collect);
      program();
    },
    {
      answer: (token) => {
        const call = token.split(":").at(-1) ?? "";
        asked.push(call);
        return answer(call);
      },
    },
  ).catch(collect);
  process.removeListener("unhandledRejection", collect);
  return { asked: asked.sort(), errors: [...errors].map((error) => (error as Error).message) };
}

const fail =
  (messageOf: (call: string) => string): ((call: string) => never) =>
  (call) => {
    throw new Error(messageOf(call));
  };

describe("what the parts of one whole ask", () => {
  it("is asked once for each object", async () => {
    const { asked, errors } = await outcome(
      () => new Whole("shop", true),
      () => ({}),
    );
    expect(asked).toEqual(["getJob", "getService", "getWorkerPool"]);
    expect(errors).toEqual([]);
  });

  it("is asked once also when the region is an output", async () => {
    const { asked } = await outcome(
      () => new Whole("shop", true, pulumi.output(REGION)),
      () => ({}),
    );
    expect(asked).toEqual(["getJob", "getService", "getWorkerPool"]);
  });

  it("is asked once by a MigratedService, whose rotation waits for the same answer", async () => {
    const { asked, errors } = await outcome(
      () => new MigratedService("shop", MIGRATED),
      () => ({}),
    );
    expect(errors).toEqual([]);
    expect(asked.filter((call) => call === "getService")).toHaveLength(1);
  });

  it("is asked again by another whole, and in another region", async () => {
    const { asked } = await outcome(
      () => {
        new Whole("shop", true);
        new Whole("other", true, "europe-west4");
      },
      () => ({}),
    );
    expect(asked.filter((call) => call === "getService")).toHaveLength(2);
  });

  it("is asked again by a part with a provider of its own", async () => {
    const { asked } = await outcome(
      () => {
        const whole = new pulumi.ComponentResource("test:index:Whole", "whole");
        const provider = new OtherProvider();
        new ContainerService("a", { ...place, connection }, { parent: whole });
        new ContainerService("b", { ...place, connection }, { parent: whole, provider });
      },
      () => ({}),
    );
    expect(asked).toEqual(["getService", "getService"]);
  });
});

class OtherProvider extends pulumi.ProviderResource {
  constructor() {
    super("gcp", "other", { project: "another-project" });
  }
}

describe("an answer that never comes", () => {
  const credentials = (call: string) =>
    `invoking gcp:cloudrunv2/${call}:${call}: 1 error occurred:\n\t* google: could not find default credentials`;

  it("is told once for everything that the same reason keeps from being read", async () => {
    const { errors } = await outcome(() => new Whole("shop", true), fail(credentials));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/^cannot read (services|jobs|workerPools)\/shop-dev/);
    expect(errors[0]).toContain("could not find default credentials");
  });

  it("is told once by a MigratedService, for service, job, worker and rotation", async () => {
    const { asked, errors } = await outcome(
      () => new MigratedService("shop", MIGRATED),
      fail(credentials),
    );
    expect(asked).toEqual(["getJob", "getService", "getWorkerPool"]);
    expect(errors).toHaveLength(1);
  });

  it("is told once also when the provider puts the object before the same reason", async () => {
    const { errors } = await outcome(
      () => new Whole("shop", true),
      fail((call) => `Error when reading ${call} "x": googleapi: Error 503: try later`),
    );
    expect(errors).toHaveLength(1);
  });

  it("is told for each reason", async () => {
    const { errors } = await outcome(
      () => new Whole("shop", true),
      fail((call) => `googleapi: Error 403: Permission 'run.${call}' denied`),
    );
    expect(errors.map((message) => /'run\.\w+'/.exec(message)?.[0]).sort()).toEqual([
      "'run.getJob'",
      "'run.getService'",
      "'run.getWorkerPool'",
    ]);
  });

  it("is told by everybody who stands alone", async () => {
    const { errors } = await outcome(() => new Whole("shop", false), fail(credentials));
    expect(errors).toHaveLength(4);
  });
});
