import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { evaluateStack, type Inventory } from "../../inventory";

const read = (name: string): string => readFileSync(join(__dirname, "../..", name), "utf8");

interface ProjectFile {
  name: string;
  runtime: string;
  main: string;
  options: { refresh: string };
  config: Record<string, { type: string; description: string; default?: unknown }>;
}

const project = parse(read("Pulumi.yaml")) as ProjectFile;
const stacks = ["dev", "production"] as const;

function inputsOf({ resources }: Inventory, type: string): Record<string, unknown> {
  return resources.find((resource) => resource.type === type)!.inputs;
}

describe("Pulumi.yaml", () => {
  it("refreshes by itself, and runs the stack, not the package", () => {
    expect(project.options.refresh).toBe("always");
    expect([project.runtime, project.main]).toEqual(["nodejs", "index.ts"]);
  });

  it("types and describes every setting", () => {
    for (const [name, { type, description }] of Object.entries(project.config)) {
      expect(["string", "integer", "boolean", "array"], name).toContain(type);
      expect(description.length, name).toBeGreaterThan(10);
    }
  });

  it("declares exactly what the program reads", () => {
    const reads = [...read("index.ts").matchAll(/config\.\w+(?:<[^>]*>)?\("(\w+)"\)/g)];
    const names = reads.map((match) => match[1]).sort();
    expect(names).toEqual(Object.keys(project.config).sort());
  });
});

describe.each(stacks)("Pulumi.%s.yaml", (stack) => {
  const { config } = parse(read(`Pulumi.${stack}.yaml`)) as { config: Record<string, unknown> };

  it("sets declared settings of the declared type, and no secret", () => {
    const kinds: Record<string, string> = { integer: "number", array: "object" };
    for (const [key, value] of Object.entries(config)) {
      if (key === "gcp:project") continue;
      const declared = project.config[key.replace(`${project.name}:`, "")];
      expect(declared, key).toBeDefined();
      const type = declared!.type;
      expect(typeof value, key).toBe(kinds[type] ?? type);
    }
    expect(read(`Pulumi.${stack}.yaml`)).not.toMatch(/secure:|password|token|key/i);
  });

  it("sets what has no default", () => {
    const needed = Object.entries(project.config).filter(([, setting]) => !("default" in setting));
    for (const [name] of needed) expect(config).toHaveProperty([`${project.name}:${name}`]);
  });
});

describe("index.ts", () => {
  it("stays a description: short, and without a branch", () => {
    const program = read("index.ts");
    expect(program.split("\n").length).toBeLessThanOrEqual(80);
    expect(program).not.toMatch(/\bif\b|\bfor\b|\bswitch\b|\?\?|&&|\|\|| \? /);
  });

  it("gives out what other stacks and people need, as texts", async () => {
    const { outputs } = await evaluateStack({ stack: "dev" });
    expect(Object.keys(outputs)).toEqual([
      "serviceUrl",
      "serviceName",
      "imageRepository",
      "connectionName",
      "databaseName",
      "migrationJob",
      "triggerId",
      "secretIds",
      "buildServiceAccount",
      "migratorServiceAccount",
      "runtimeServiceAccount",
      "cloudBuildYaml",
      "rollbackCommand",
    ]);
    const { secretIds, ...texts } = outputs;
    for (const [name, text] of Object.entries(texts)) expect(typeof text, name).toBe("string");
    expect(secretIds).toEqual({
      migrator_password: "shop-dev-migrator_password",
      runtime_password: "shop-dev-runtime_password",
    });
  });

  it("takes its settings from the stack's file, and what is given over it", async () => {
    const dev = await evaluateStack({ stack: "dev" });
    const production = await evaluateStack({ stack: "production" });
    const trigger = "gcp:cloudbuild/trigger:Trigger";
    expect(inputsOf(dev, trigger)["approvalConfig"]).toEqual({ approvalRequired: false });
    expect(inputsOf(production, trigger)["approvalConfig"]).toEqual({ approvalRequired: true });
    const settings = inputsOf(production, "gcp:sql/databaseInstance:DatabaseInstance")["settings"];
    expect(settings).toMatchObject({
      availabilityType: "REGIONAL",
      deletionProtectionEnabled: true,
    });

    const moved = await evaluateStack({
      stack: "dev",
      config: {
        "cloud-run-migrations:region": "us-east1",
        "cloud-run-migrations:repository":
          "projects/p/locations/us-east1/connections/c/repositories/r",
      },
    });
    expect(inputsOf(moved, trigger)["location"]).toBe("us-east1");
  });

  it("asks for the health endpoint and the extension of the sample service", async () => {
    const dev = await evaluateStack({ stack: "dev" });
    expect(JSON.stringify(inputsOf(dev, "gcp:cloudrunv2/service:Service"))).toContain(
      '"httpGet":{"path":"/health","port":8080}',
    );
    expect(JSON.stringify(inputsOf(dev, "gcp:cloudrunv2/job:Job"))).toContain(
      '"--extensions","citext"',
    );
  });

  it("never meets its other stack", async () => {
    const names = async (stack: "dev" | "production"): Promise<string[]> =>
      (await evaluateStack({ stack })).resources.flatMap(({ type, name, inputs }) => {
        const keys = ["name", "accountId", "secretId", "repositoryId"];
        const own = keys.flatMap((key) => inputs[key] ?? []);
        // Apart from the instance, whose logical name it is, everything else has a name or belongs to one that has.
        if (type.endsWith(":DatabaseInstance")) return [`${type} ${name}`];
        if (/sql\/(user|database):|projects\/service:/.test(type)) return [];
        return own.map((value) => `${type} ${JSON.stringify(value)}`);
      });
    const [dev, production] = [await names("dev"), await names("production")];
    expect(dev.length).toBeGreaterThan(15);
    expect(dev.filter((name) => production.includes(name))).toEqual([]);
  });
});
