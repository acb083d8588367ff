import { describe, expect, it } from "vitest";
import {
  checkConnection,
  connectionSettings,
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
const strict = {
  tlsMode: "TRUSTED_CLIENT_CERTIFICATE_REQUIRED",
  connectorEnforcement: "REQUIRED",
};
const relaxed = { tlsMode: "ENCRYPTED_ONLY", connectorEnforcement: "NOT_REQUIRED" };
const isPrivate = { publiclyAccessible: false, usesPrivateNetwork: true, ipType: "PRIVATE" };
const isPublic = { publiclyAccessible: true, usesPrivateNetwork: false, ipType: "PUBLIC" };

describe("connectionSettings", () => {
  it.each<[string, ConnectionOptions, object]>([
    ["a job with our tool", job, { ...strict, ...isPrivate }],
    ["a job with a command", { ...job, hasCommand: true }, { ...relaxed, ...isPrivate }],
    ["a service without the proxy", { ...job, access: "Direct" }, { ...relaxed, ...isPrivate }],
    ["a job with IAM login", { ...job, login: "Iam" }, { ...strict, ...isPrivate }],
    ["a build step with our tool", step, { ...strict, ...isPublic }],
    // The command reaches the instance through the Auth Proxy there.
    ["a build step with a command", { ...step, hasCommand: true }, { ...strict, ...isPublic }],
    [
      "a looser mode that was asked for",
      { ...job, tlsMode: "ENCRYPTED_ONLY" },
      { ...strict, tlsMode: "ENCRYPTED_ONLY", ...isPrivate },
    ],
  ])("suit %s", (_, options, expected) => {
    expect(checkConnection(options)).toEqual([]);
    expect(connectionSettings(options)).toEqual(expected);
  });
});

describe("checkConnection", () => {
  it.each<[string, ConnectionOptions, string[]]>([
    [
      "IAM login for a command in a job",
      { ...job, hasCommand: true, login: "Iam" },
      [
        'database.login: expected Password with migration.command in CloudRunJob, got "Iam"; take migration.connectivity BuildStep, whose proxy logs in by IAM, or leave the command out',
      ],
    ],
    [
      "a service without the proxy on a public address",
      { ...step, access: "Direct" },
      [
        'service.databaseAccess: expected Sidecar with migration.connectivity BuildStep, got "Direct"; the instance has a public address only, and lets nobody in without a connector',
      ],
    ],
    [
      "client certificates and connectors for those who have none",
      {
        ...job,
        access: "Direct",
        hasCommand: true,
        tlsMode: "TRUSTED_CLIENT_CERTIFICATE_REQUIRED",
        connectorEnforcement: "REQUIRED",
      },
      [
        'database.tlsMode: expected ENCRYPTED_ONLY with service.databaseAccess Direct and migration.command in CloudRunJob, which has no client certificate, got "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"',
        'database.connectorEnforcement: expected NOT_REQUIRED with service.databaseAccess Direct and migration.command in CloudRunJob, which uses no connector, got "REQUIRED"',
      ],
    ],
  ])("refuses %s", (_, options, messages) => {
    expect(checkConnection(options).map(formatViolation)).toEqual(messages);
  });

  it("never lets plain TCP meet a setting that refuses it", () => {
    for (const connectivity of ["CloudRunJob", "BuildStep"] as const)
      for (const access of ["Sidecar", "Direct"] as const)
        for (const hasCommand of [false, true])
          for (const connectorEnforcement of [undefined, "REQUIRED", "NOT_REQUIRED"] as const)
            for (const tlsMode of [
              undefined,
              "ENCRYPTED_ONLY",
              "TRUSTED_CLIENT_CERTIFICATE_REQUIRED",
            ] as const) {
              const options = {
                ...{ connectivity, access, hasCommand, login: "Password" as const },
                connectorEnforcement,
                tlsMode,
              };
              const speaksPlainTcp =
                access === "Direct" || (hasCommand && connectivity === "CloudRunJob");
              const settings = connectionSettings(options);
              const refusesPlainTcp =
                settings.connectorEnforcement === "REQUIRED" ||
                settings.tlsMode === "TRUSTED_CLIENT_CERTIFICATE_REQUIRED";
              if (checkConnection(options).length === 0) {
                expect(speaksPlainTcp && refusesPlainTcp).toBe(false);
              }
            }
  });
});
