import { join } from "node:path";

import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer.js";
import { describe, expect, it } from "vitest";

import packageJson from "../../package.json";

const COMPONENTS = [
  "ConnectionSecrets",
  "ContainerService",
  "DatabaseSecrets",
  "ImageRepository",
  "MigratedService",
  "MigrationJob",
  "PostgresDatabase",
  "PostgresInstance",
  "PrivateNetwork",
  "PrivatePool",
  "ReleasePipeline",
  "RolesJob",
  "ServiceAccounts",
  "ServiceApis",
  "Worker",
];

// What `pulumi package add` infers for other languages. It refuses unions, tuples, read-only arrays and private fields.
const { components, typeDefinitions } = new Analyzer(
  join(__dirname, "../.."),
  packageJson.name,
  packageJson,
  new Set(COMPONENTS),
).analyze();

interface Property {
  description?: string;
}

describe("schema for other languages", () => {
  it("has every component", () => {
    expect(Object.keys(components).sort()).toEqual(COMPONENTS);
  });

  it("describes every argument of every component and group", () => {
    const groups = Object.entries(typeDefinitions as Record<string, { properties?: object }>);
    const all = [
      ...Object.entries(components).map(([name, { inputs }]) => [name, inputs] as const),
      ...groups.map(([name, { properties = {} }]) => [name, properties] as const),
    ];
    const silent = all.flatMap(([name, properties]) =>
      Object.entries(properties as Record<string, Property>)
        .filter(([, { description }]) => (description ?? "") === "")
        .map(([member]) => `${name}.${member}`),
    );
    expect(silent).toEqual([]);
  });

  it("requires region and source only", () => {
    const inputs = components["MigratedService"]?.inputs as Record<string, { optional?: boolean }>;
    const required = Object.entries(inputs).filter(([, { optional }]) => optional !== true);
    expect(required.map(([name]) => name).sort()).toEqual(["region", "source"]);
  });
});
