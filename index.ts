import * as pulumi from "@pulumi/pulumi";

import {
  MigratedService,
  type Connectivity,
  type Ingress,
  type Login,
  type Preset,
  type Promotion,
} from "./components";

/** The stack: config in, one environment, its outputs out. */
export = (): Record<string, pulumi.Output<unknown>> => {
  const config = new pulumi.Config();

  const shop = new MigratedService("shop", {
    region: config.require("region"),
    preset: config.require<Preset>("preset"),
    labels: { app: "shop", environment: pulumi.getStack() },
    source: {
      repository: config.require("repository"),
      branch: config.require("branch"),
      requireApproval: config.requireBoolean("requireApproval"),
    },
    database: {
      tier: config.require("databaseTier"),
      highAvailability: config.requireBoolean("databaseHighAvailability"),
      login: config.require<Login>("login"),
      deletionProtection: config.requireBoolean("deletionProtection"),
      extensions: ["citext"],
    },
    network: { publicIp: config.requireBoolean("publicIp") },
    migration: {
      connectivity: config.require<Connectivity>("connectivity"),
      command: config.requireObject<string[]>("migrationCommand"),
    },
    release: { promotion: config.require<Promotion>("promotion") },
    service: {
      startupPath: "/health",
      minInstances: config.requireNumber("minInstances"),
      maxInstances: config.requireNumber("maxInstances"),
      ingress: config.require<Ingress>("ingress"),
      publiclyAccessible: config.requireBoolean("publiclyAccessible"),
      env: { ENVIRONMENT: pulumi.getStack() },
    },
  });

  return {
    serviceUrl: shop.serviceUrl,
    serviceName: shop.serviceName,
    imageRepository: shop.imageRepository,
    connectionName: shop.connectionName,
    databaseName: shop.databaseName,
    migrationJob: pulumi.output(shop.migrationJob),
    triggerId: shop.triggerId,
    secretIds: shop.secretIds,
    buildServiceAccount: shop.buildServiceAccount,
    migratorServiceAccount: shop.migratorServiceAccount,
    runtimeServiceAccount: shop.runtimeServiceAccount,
    cloudBuildYaml: shop.cloudBuildYaml,
    rollbackCommand: shop.rollbackCommand,
  };
};
