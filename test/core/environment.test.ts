import { describe, expect, it } from "vitest";
import { requiredApis } from "../../components/core/apis";
import {
  checkBuildArgs,
  checkEnvironmentName,
  checkUniqueNames,
  connectionVariables,
} from "../../components/core/environment";
import { carriesPassword, looksSecret } from "../../components/core/secretNames";
import { checkSecrets, checkSecretVersion } from "../../components/core/secrets";
import { formatViolation } from "../../components/core/violations";

describe("connectionVariables", () => {
  it("are libpq's unless renamed", () => {
    expect(connectionVariables().map(({ name }) => name)).toEqual([
      "PGUSER",
      "PGPASSWORD",
      "PGHOST",
      "PGPORT",
      "PGDATABASE",
    ]);
    expect(connectionVariables({ database: "POSTGRES_DATABASE_NAME" }).at(-1)).toEqual({
      key: "database",
      name: "POSTGRES_DATABASE_NAME",
    });
  });
});

describe("checkEnvironmentName", () => {
  it.each(["PATH", "_", "database_url", "A1"])("takes %s", (name) => {
    expect(checkEnvironmentName("service.env", name)).toEqual([]);
  });

  it.each([
    "PORT",
    "K_SERVICE",
    "K_ANYTHING",
    "CLOUD_RUN_JOB",
    "X_GOOGLE_ROUTES",
    "1A",
    "A-B",
    "A=B",
    "",
    "Ä",
    "A".repeat(129),
  ])("refuses %s", (name) => {
    expect(checkEnvironmentName("service.env", name)).toHaveLength(1);
  });
});

describe("checkUniqueNames", () => {
  it("names both places", () => {
    const names = [
      { name: "PGHOST", path: "database.environmentNames.host" },
      { name: "A", path: "service.env.A" },
      { name: "PGHOST", path: "secrets.PGHOST" },
    ];
    expect(checkUniqueNames(names).map(formatViolation)).toEqual([
      'secrets.PGHOST: expected a name that database.environmentNames.host does not set, got "PGHOST"',
    ]);
  });
});

describe("looksSecret", () => {
  it.each([
    "PASSWORD",
    "PGPASSWORD",
    "db_password",
    "dbPassword",
    "NPM_TOKEN",
    "apiKey",
    "API_KEY",
    "AWS_SECRET_ACCESS_KEY",
    "CLIENT_SECRET",
    "GOOGLE_CREDENTIALS",
    "SSH_PRIVATE_KEY",
    "DATABASE_URL",
    "SENTRY_DSN",
    "MYSQL_PWD",
    "SIGNING_PASSPHRASE",
    "JWT",
    "REDIS_URL",
    "SMTP_PASS",
    "NPMTOKEN",
    "SSH_KEY",
    "CONNECTION_STRING",
  ])("suspects %s", (name) => {
    expect(looksSecret(name)).toBe(true);
  });

  it.each([
    "VITE_BACKEND_HOST",
    "NODE_ENV",
    "COMMIT_SHA",
    "STRIPE_PUBLISHABLE_KEY",
    "PUBLIC_KEY_PATH",
    "TOKENIZER",
    "SECRETARY",
    "CACHE_KEY",
    "PWD",
  ])("does not suspect %s", (name) => {
    expect(looksSecret(name)).toBe(false);
  });
});

describe("carriesPassword", () => {
  it("reads a long value in no time", () => {
    const start = performance.now();
    expect(carriesPassword("y".repeat(200_000))).toBe(false);
    expect(carriesPassword(`${"y".repeat(200_000)}://user:password@host`)).toBe(true);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe("checkBuildArgs", () => {
  it("takes an empty value, as the article's pipeline has one", () => {
    expect(checkBuildArgs("build.buildArgs", { VITE_BACKEND_HOST: "" })).toEqual([]);
  });

  it("refuses secrets without showing them, and what Docker cannot take", () => {
    const buildArgs = { NPM_TOKEN: "canary\n", "A-B": "x", LINES: "a\nb" };
    const messages = checkBuildArgs("build.buildArgs", buildArgs).map(formatViolation);
    expect(messages).toEqual([
      'build.buildArgs.NPM_TOKEN: expected a name that does not look like a secret\'s, got "NPM_TOKEN"; build arguments stay readable in the image; give secrets to the service by `secrets`',
      'build.buildArgs.A-B: expected letters, digits or _, not beginning with a digit, got "A-B"',
      'build.buildArgs.LINES: expected a text without line break or NUL, got "a\\nb"',
    ]);
    expect(messages.join()).not.toContain("canary");
  });
});

describe("checkSecrets", () => {
  it("takes a value, an existing secret, and what is not known yet", () => {
    const output = { apply: () => "" };
    const secrets = {
      A: { value: "x" },
      B: { existingSecret: "b", version: "1" },
      C: { existingSecret: "projects/p/secrets/c", version: "12" },
      D: { value: output },
      E: { existingSecret: output, version: output },
    };
    expect(checkSecrets("secrets", secrets)).toEqual([]);
  });

  it("never shows a value", () => {
    const secrets = {
      A: { value: 42_4242 },
      B: { value: "canary\0" },
      C: { value: "canary", version: "1" },
    };
    const text = checkSecrets("secrets", secrets).map(formatViolation).join("\n");
    expect(text.split("\n")).toEqual([
      "secrets.A.value: expected a text of 1 to 65536 bytes without NUL, got [secret]",
      "secrets.B.value: expected a text of 1 to 65536 bytes without NUL, got [secret]",
      'secrets.C.version: expected nothing beside value, got "1"',
    ]);
  });

  it("refuses an existing secret that is no name", () => {
    const secrets = { A: { existingSecret: "projects/p/secrets/c/versions/1", version: "1" } };
    expect(checkSecrets("secrets", secrets).map(({ path }) => path)).toEqual([
      "secrets.A.existingSecret",
    ]);
  });
});

describe("checkSecretVersion", () => {
  it.each(["latest", "0", "01", "", "1.0", "-1", 1, undefined])("refuses %j", (version) => {
    expect(checkSecretVersion("version", version)).toHaveLength(1);
  });

  it.each(["1", "42"])("takes %s", (version) => {
    expect(checkSecretVersion("version", version)).toEqual([]);
  });
});

describe("requiredApis", () => {
  it("leaves the network's out where there is none", () => {
    const all = requiredApis(true);
    expect(all.filter((api) => !requiredApis(false).includes(api))).toEqual([
      "compute.googleapis.com",
      "servicenetworking.googleapis.com",
    ]);
    expect(new Set(all).size).toBe(all.length);
  });
});
