import { inspect } from "node:util";

import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

import { evaluate, redact, reveal, SecretValue } from "../../inventory";

describe("evaluate", () => {
  it("resolves inputs from what the cloud would compute", async () => {
    const { resources } = await evaluate(() => {
      const secret = new gcp.secretmanager.Secret("a", {
        secretId: "a",
        replication: { auto: {} },
      });
      new gcp.secretmanager.SecretVersion("a", { secret: secret.id, secretData: "s3cret" });
    });
    const version = resources.find(({ type }) => type.endsWith(":SecretVersion"));
    expect(version?.inputs["secret"]).toBe("projects/example-project/secrets/a");
    expect(version?.state["name"]).toBe("projects/example-project/secrets/a/versions/1");
  });

  it("records what Pulumi's own mocks do not see", async () => {
    const { resources } = await evaluate(() => {
      const first = new gcp.serviceaccount.Account("first", { accountId: "first-account" });
      new gcp.serviceaccount.Account(
        "second",
        { accountId: "second-account" },
        { parent: first, protect: true, ignoreChanges: ["displayName"], dependsOn: [first] },
      );
    });
    const [first, second] = resources;
    expect(second).toMatchObject({
      parent: "gcp:serviceaccount/account:Account first",
      protect: true,
      ignoreChanges: ["displayName"],
      dependsOn: [first?.urn],
    });
  });

  it("hides exactly the secret part of an input", async () => {
    const { resources } = await evaluate(() => {
      new gcp.cloudrunv2.Service("a", {
        location: "europe-west1",
        name: "a",
        template: {
          containers: [{ image: "i", envs: [{ name: "A", value: pulumi.secret("s3cret") }] }],
        },
      });
    });
    const { inputs } = resources[0]!;
    expect(inputs["template"]).toEqual({
      containers: [
        { image: "i", envs: [{ name: "A", value: expect.any(SecretValue) as unknown }] },
      ],
    });
    expect(JSON.stringify(inputs) + inspect(inputs, { depth: 9 })).not.toContain("s3cret");
    expect(redact(inputs)["template"]).toEqual({
      containers: [{ image: "i", envs: [{ name: "A", value: "[secret]" }] }],
    });
    expect(JSON.stringify(reveal(inputs))).toContain("s3cret");
  });

  it("finds an instance that somebody else made, and nothing else", async () => {
    const { outputs } = await evaluate(async () => {
      const { privateIpAddress, publicIpAddress } = await gcp.sql.getDatabaseInstance({
        name: "shared",
      });
      const { uri } = await gcp.cloudrunv2.getService({ location: "europe-west1", name: "shop" });
      return { privateIpAddress, publicIpAddress, uri };
    });
    expect(outputs).toEqual({
      privateIpAddress: "10.30.0.3",
      publicIpAddress: "203.0.113.30",
      uri: undefined,
    });
  });

  it("fails with the program's own error, thrown or in an output", async () => {
    await expect(
      evaluate(() => {
        throw new Error("thrown");
      }),
    ).rejects.toThrow("thrown");
    const failing = evaluate(() => {
      const broken = pulumi.output(1).apply((): string => {
        throw new Error("in an output");
      });
      new gcp.serviceaccount.Account("a", { accountId: broken });
    });
    await expect(failing).rejects.toThrow("in an output");
  });

  it("runs the next program after one that failed, as if nothing had been", async () => {
    const one = evaluate(() => {
      throw new Error("first");
    });
    const two = evaluate(() => {
      new gcp.serviceaccount.Account("a", { accountId: "an-account" });
    });
    await expect(one).rejects.toThrow("first");
    expect((await two).resources.map(({ name }) => name)).toEqual(["a"]);
  });

  it("knows nothing computed in a preview", async () => {
    const { resources } = await evaluate(
      () => {
        const account = new gcp.serviceaccount.Account("a", { accountId: "an-account" });
        new gcp.projects.IAMMember("a", {
          project: "p",
          role: "roles/viewer",
          member: pulumi.interpolate`serviceAccount:${account.email}`,
        });
      },
      { preview: true },
    );
    const member = resources.find(({ type }) => type.endsWith(":IAMMember"));
    expect(member?.inputs["member"]).toBe("[unknown]");
  });
});
