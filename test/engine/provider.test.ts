import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Provider, type Target } from "./provider/provider";
import { Store } from "./provider/store";
import { cliOnPath } from "./support/cli";
import { Cloud } from "./support/cloud";

const SOURCES = join(__dirname, "provider");

describe("the stand-in provider", () => {
  it("knows nothing that only a test makes", () => {
    const words =
      /\b(shop|canary|mailer|nightly|example-project|other-project)\b|"(dev|production)"/i;
    for (const file of readdirSync(SOURCES)) {
      const source = readFileSync(join(SOURCES, file), "utf8");
      expect([file, words.exec(source)?.[0]]).toEqual([file, undefined]);
    }
  });

  it("reaches nobody: it listens on this machine, and opens nothing", () => {
    const sources = readdirSync(SOURCES).map((file) => readFileSync(join(SOURCES, file), "utf8"));
    const imports = sources.flatMap((source) =>
      [...source.matchAll(/from "([^"]+)"/g)].map(([, name = ""]) => name),
    );
    const modules = [...new Set(imports)].filter((name) => !name.startsWith("./")).sort();
    expect(modules).toEqual([
      "@grpc/grpc-js",
      "@pulumi/pulumi/proto/plugin_pb",
      "@pulumi/pulumi/proto/provider_grpc_pb",
      "@pulumi/pulumi/proto/provider_pb",
      "google-protobuf/google/protobuf/empty_pb",
      "google-protobuf/google/protobuf/struct_pb",
      "node:crypto",
      "node:fs",
      "node:path",
    ]);
  });
});

describe("objects of the stand-in provider", () => {
  let folder: string;
  let cloud: Cloud;
  let provider: Provider;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "provider-"));
    cloud = new Cloud(folder);
    provider = new Provider(new Store(folder));
    provider.configure({ project: "p" });
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const NETWORK = target("gcp:compute/network:Network", "net");
  const SERVICE = target("gcp:cloudrunv2/service:Service", "web");
  const IN = { location: "europe-west1", name: "web" };

  it("are there once: a second one of the same name is refused", async () => {
    const { id } = await provider.create(NETWORK, { name: "n" }, false);
    expect(id).toBe("projects/p/global/networks/n");
    await expect(provider.create(NETWORK, { name: "n" }, false)).rejects.toThrow("already exists");
    expect(cloud.calls().map(({ error }) => error !== undefined)).toEqual([false, true]);
  });

  it("are not made by a preview, which does not know what the cloud adds", async () => {
    const account = target("gcp:serviceaccount/account:Account", "a");
    const { outputs } = await provider.create(account, { accountId: "abcdef" }, true);
    expect(outputs["accountId"]).toBe("abcdef");
    expect(outputs["project"]).toBe("p");
    expect(outputs["email"]).toBe("04da6b54-80e4-46f7-96ec-b56ff0331ba9");
    expect(cloud.objects()).toEqual({});
    expect(cloud.calls()).toEqual([]);
  });

  it("take what they contain along, and leave what is to be left", async () => {
    const secret = target("gcp:secretmanager/secret:Secret", "s");
    const version = target("gcp:secretmanager/secretVersion:SecretVersion", "v");
    const { id } = await provider.create(secret, { secretId: "s" }, false);
    const inputs = { secret: id, secretData: "x", deletionPolicy: "ABANDON" };
    const first = await provider.create(version, inputs, false);
    await provider.delete(version, first.id);
    expect(cloud.objects()[first.id]?.unmanaged).toBe(true);
    expect((await provider.create(version, inputs, false)).id).toBe(`${id}/versions/2`);
    await provider.delete(secret, id);
    expect(cloud.objects()).toEqual({});
  });

  it("are not deleted while they are protected", async () => {
    const { id } = await provider.create(SERVICE, { ...IN, deletionProtection: true }, false);
    await expect(provider.delete(SERVICE, id)).rejects.toThrow("deletion_protection=false");
    await provider.update(SERVICE, id, { ...IN, deletionProtection: false }, {}, false);
    await provider.delete(SERVICE, id);
    expect(cloud.objects()).toEqual({});
  });

  it("are read with the labels that somebody asked for, and no others", async () => {
    const { id } = await provider.create(SERVICE, { ...IN, labels: { mine: "1" } }, false);
    cloud.change(SERVICE.type, ({ inputs }) => {
      inputs["labels"] = { mine: "2", others: "3" };
    });
    const found = await provider.read(SERVICE, id, { labels: { mine: "1" } });
    expect(found?.inputs["labels"]).toEqual({ mine: "2" });
  });

  it("are found by functions, in the shape of functions", async () => {
    const [token, query] = ["gcp:cloudrunv2/getService:getService", { ...IN, project: "p" }];
    await expect(provider.invoke(token, query)).rejects.toThrow(
      `invoking ${token}: 1 error occurred:\n\t* projects/p/locations/europe-west1/services/web not found\n\n`,
    );
    const template = {
      containers: [{ name: "app", image: "i", resources: { limits: { cpu: "1" } } }],
    };
    await provider.create(SERVICE, { ...IN, template, traffics: [{ percent: 100 }] }, false);
    expect(await provider.invoke(token, query)).toMatchObject({
      templates: [
        { containers: [{ name: "app", image: "i", resources: [{ limits: { cpu: "1" } }] }] },
      ],
      traffics: [{ percent: 100, revision: "", tag: "", type: "" }],
    });
  });

  it("get a name that follows from the engine's seed, once", () => {
    const instance = target("gcp:sql/databaseInstance:DatabaseInstance", "db");
    const first = provider.check(instance, {}, {}, Buffer.from("seed"));
    expect(first["name"]).toMatch(/^db-[0-9a-f]{7}$/);
    expect(provider.check(instance, first, {}, Buffer.from("other"))).toEqual(first);
  });

  it.each([
    [NETWORK, { name: "n" }, { name: "m" }, ["name"]],
    [NETWORK, { name: "n" }, { name: "n", routingMode: "GLOBAL" }, []],
    [target("gcp:cloudbuild/trigger:Trigger", "t"), { name: "a" }, { name: "b" }, []],
    [target("gcp:projects/iAMMember:IAMMember", "g"), { role: "a" }, { role: "b" }, ["role"]],
    [
      target("gcp:sql/databaseInstance:DatabaseInstance", "d"),
      { databaseVersion: "POSTGRES_17", settings: { diskSize: 10 } },
      { databaseVersion: "POSTGRES_18", settings: { diskSize: 20 } },
      [],
    ],
    [
      target("gcp:sql/databaseInstance:DatabaseInstance", "d"),
      { databaseVersion: "POSTGRES_18", settings: { diskSize: 20 } },
      { databaseVersion: "POSTGRES_17", settings: { diskSize: 10 } },
      ["databaseVersion", "settings.diskSize"],
    ],
    [NETWORK, { name: "n" }, { name: "n", project: "p" }, []],
    [NETWORK, { name: "n" }, { name: "n", project: "q" }, ["project"]],
  ])("are replaced only by what cannot change in place: %#", (of, before, after, replacing) => {
    expect(provider.diff(of, before, after).replacing).toEqual(replacing);
  });

  it("fail as they are told: the second call, before or after the thing is made", async () => {
    const error = "googleapi: Error 500";
    cloud.rules([{ method: "create", call: 2, error }]);
    await provider.create(NETWORK, { name: "a" }, false);
    await expect(provider.create(NETWORK, { name: "b" }, false)).rejects.toThrow(error);
    await provider.create(NETWORK, { name: "b" }, false);
    cloud.rules([{ endsWith: NETWORK.urn, call: 1, error, afterwards: true }]);
    await expect(provider.create(NETWORK, { name: "c" }, false)).rejects.toThrow(error);
    expect(Object.keys(cloud.objects()).map((id) => id.at(-1))).toEqual(["a", "b", "c"]);
  });
});

describe("the CLI on PATH", () => {
  it("is asked for in words when there is none", () => {
    expect(() => cliOnPath("/nowhere")).toThrow(
      "expected a Pulumi CLI on PATH, found none; install it (https://www.pulumi.com/docs/install/) or run npm test only",
    );
  });

  it("is a real one", () => {
    const version = execFileSync(cliOnPath(), ["version"], { encoding: "utf8" });
    expect(version).toMatch(/^v?3\.\d+\.\d+/);
  });

  it("does not see anybody's credentials", () => {
    const names = Object.keys(process.env).filter((name) =>
      /^(GOOGLE_|CLOUDSDK_|PULUMI_)/.test(name),
    );
    expect(names).toEqual([]);
  });
});

function target(type: string, name: string): Target {
  return { urn: `urn:pulumi:s::p::${type}::${name}`, type, name };
}
