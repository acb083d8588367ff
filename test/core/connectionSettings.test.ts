import { describe, expect, it } from "vitest";
import {
  checkConnection,
  connectionSettings,
  plainTcpClients,
  type ConnectionOptions,
} from "../../components/core/connectionSettings";
import { formatViolation } from "../../components/core/violations";

const job: ConnectionOptions = {
  connectivity: "CloudRunJob",
  login: "Password",
  access: "Sidecar",
  hasCommand: false,
};
const step: ConnectionOptions = { ...job, connectivity: "BuildStep" };
const pool: ConnectionOptions = { ...job, connectivity: "PrivatePool" };
const strict = {
  tlsMode: "TRUSTED_CLIENT_CERTIFICATE_REQUIRED",
  connectorEnforcement: "REQUIRED",
};
const relaxed = { tlsMode: "ENCRYPTED_ONLY", connectorEnforcement: "NOT_REQUIRED" };

describe("connectionSettings", () => {
  it.each<[string, ConnectionOptions, object]>([
    ["a job with our tool", job, strict],
    ["a job with a command", { ...job, hasCommand: true }, relaxed],
    ["a job with IAM login", { ...job, login: "Iam" }, strict],
    ["a service without the proxy", { ...job, access: "Direct" }, relaxed],
    ["a build step with our tool", step, strict],
    // The command reaches the instance through the Auth Proxy there.
    ["a build step with a command", { ...step, hasCommand: true }, strict],
    [
      "a build step with a command that logs in by IAM",
      { ...step, hasCommand: true, login: "Iam" },
      strict,
    ],
    ["a private pool with our tool", pool, strict],
    ["a private pool with a command", { ...pool, hasCommand: true }, strict],
    [
      "a private pool with a command that logs in by IAM",
      { ...pool, hasCommand: true, login: "Iam" },
      strict,
    ],
    // The address is private whoever migrates; the instance's own is the network's business.
    ["a service without the proxy beside a build step", { ...step, access: "Direct" }, relaxed],
    ["a service without the proxy beside a private pool", { ...pool, access: "Direct" }, relaxed],
    ["plain connections of other services", { ...job, plainConnections: true }, relaxed],
    ["nobody else's plain connections", { ...pool, plainConnections: false }, strict],
    [
      "plain connections that somebody here needs too",
      { ...job, access: "Direct", plainConnections: true },
      relaxed,
    ],
  ])("suit %s", (_, options, expected) => {
    expect(checkConnection(options)).toEqual([]);
    expect(connectionSettings(options)).toEqual(expected);
  });
});

describe("plainTcpClients", () => {
  it("names every client that has no connector, as the user asked for it", () => {
    expect(plainTcpClients({ ...job, access: "Direct", hasCommand: true })).toEqual([
      "service.databaseAccess Direct",
      "migration.command in CloudRunJob",
    ]);
    expect(plainTcpClients({ ...pool, hasCommand: true })).toEqual([]);
    expect(plainTcpClients({ ...step, hasCommand: true })).toEqual([]);
  });
});

describe("checkConnection", () => {
  it.each<[string, ConnectionOptions, string[]]>([
    [
      "IAM login for a command in a job",
      { ...job, hasCommand: true, login: "Iam" },
      [
        'database.login: expected Password with migration.command in CloudRunJob, got "Iam"; take migration.connectivity BuildStep or PrivatePool, whose proxy logs in by IAM, or leave the command out',
      ],
    ],
    [
      "connectors only, for those who have none",
      { ...job, access: "Direct", hasCommand: true, plainConnections: false },
      [
        "database.plainConnections: expected true or nothing with service.databaseAccess Direct and migration.command in CloudRunJob, got false; who connects so has neither Google's connector nor a client certificate",
      ],
    ],
  ])("refuses %s", (_, options, messages) => {
    expect(checkConnection(options).map(formatViolation)).toEqual(messages);
  });

  it("never lets plain TCP meet a setting that refuses it", () => {
    for (const connectivity of ["CloudRunJob", "BuildStep", "PrivatePool"] as const)
      for (const access of ["Sidecar", "Direct"] as const)
        for (const hasCommand of [false, true])
          for (const plainConnections of [undefined, true, false]) {
            const options = {
              ...{ connectivity, access, hasCommand, login: "Password" as const },
              plainConnections,
            };
            const speaksPlainTcp =
              access === "Direct" || (hasCommand && connectivity === "CloudRunJob");
            const settings = connectionSettings(options);
            const refusesPlainTcp =
              settings.connectorEnforcement === "REQUIRED" ||
              settings.tlsMode === "TRUSTED_CLIENT_CERTIFICATE_REQUIRED";
            const isRefused = checkConnection(options).length > 0;
            expect(isRefused).toBe(speaksPlainTcp && refusesPlainTcp);
          }
  });
});
