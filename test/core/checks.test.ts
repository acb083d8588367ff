import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkBackups, resolveBackups } from "../../components/core/backups";
import { checkBranch } from "../../components/core/branch";
import { isUnknown } from "../../components/core/checkText";
import {
  checkLabels,
  checkPort,
  checkProject,
  checkRegion,
} from "../../components/core/cloudChecks";
import {
  checkDatabaseName,
  checkDatabaseUserName,
  checkDatabaseVersion,
  checkDiskSize,
  checkEdition,
  checkIamUserName,
  iamUserName,
} from "../../components/core/databaseChecks";
import { checkFlags, mergeFlags } from "../../components/core/flags";
import { presetDefaults } from "../../components/core/presets";
import { formatViolation, type Violation } from "../../components/core/violations";

type Check = (path: string, value: unknown) => Violation[];

const CASES: [string, Check, unknown[], unknown[]][] = [
  [
    "checkRegion",
    checkRegion,
    ["europe-west1", "us-east4", "northamerica-northeast2", "europe-west12"],
    ["europe-west1-b", "EUROPE-WEST1", "europe", "", "global", 1],
  ],
  [
    "checkProject",
    checkProject,
    ["my-project", "example.com:my-project", "a12345"],
    ["123456789012", "My Project", "short", "ends-in-", "a".repeat(31), ""],
  ],
  ["checkLabels", checkLabels, [{ team: "shop", "größe-1": "" }, {}], []],
  ["checkPort", checkPort, [1, 8080, 65535], [0, 65536, 80.5, "8080", Number.NaN]],
  ["checkDiskSize", checkDiskSize, [10, 65536], [9, 65537, 10.5]],
  [
    "checkDatabaseVersion",
    checkDatabaseVersion,
    ["POSTGRES_13", "POSTGRES_18"],
    ["POSTGRES_9_6", "postgres_18", "MYSQL_8_0"],
  ],
  ["checkEdition", checkEdition, ["ENTERPRISE", "ENTERPRISE_PLUS"], ["STANDARD", "enterprise"]],
  [
    "checkDatabaseName",
    checkDatabaseName,
    ["app", "a".repeat(63), "shop_1"],
    ["postgres", "template1", "cloudsqladmin", "my-app", "App", "1app", "", "a".repeat(64), "ä"],
  ],
  [
    "checkDatabaseUserName",
    checkDatabaseUserName,
    ["shop_migrator"],
    ["postgres", "pg_monitor", "cloudsqlsuperuser", "public", "a-b", "", "a".repeat(64)],
  ],
  [
    "checkBranch",
    checkBranch,
    ["^main$", "(?i)^release/.*", "^(dev|main)$", "[[:alpha:]]+", "\\pL"],
    ["(", "(?=main)", "(?<!x)main", "(a)\\1", "a**", "[", "", 1],
  ],
];

describe.each(CASES)("%s", (_, check, legal, illegal) => {
  it("takes what Google takes", () => {
    for (const value of legal) expect(check("path", value).map(formatViolation)).toEqual([]);
  });

  it.each(illegal.map((value) => [value]))("refuses %j", (value) => {
    const violations = check("path", value);
    expect(violations).toHaveLength(1);
    expect(violations[0]?.path).toBe("path");
  });

  it("looks neither at nothing nor at what is not known yet", () => {
    expect(check("path", undefined)).toEqual([]);
    expect(check("path", { apply: () => "" })).toEqual([]);
    expect(check("path", Promise.resolve(""))).toEqual([]);
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "grapheme" }), fc.double(), fc.boolean()), (value) => {
        expect(Array.isArray(check("path", value))).toBe(true);
      }),
    );
  });
});

describe("isUnknown", () => {
  it("tells outputs and promises from values", () => {
    expect([{ apply: 1 }, Promise.resolve(1), () => 1].map(isUnknown)).toEqual([true, true, true]);
    expect([null, undefined, "", 0, {}, []].map(isUnknown)).toEqual(Array(6).fill(false));
  });
});

describe("checkLabels", () => {
  it("refuses keys and values by Google's rules", () => {
    const labels = { Team: "shop", "1st": "x", ok: "Not ok", long: "a".repeat(64) };
    expect(checkLabels("labels", labels).map(({ path }) => path)).toEqual([
      "labels.Team",
      "labels.1st",
      "labels.ok",
      "labels.long",
    ]);
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`l${index}`, "x"]));
    expect(checkLabels("labels", many).map(formatViolation)).toEqual([
      "labels: expected at most 64 labels, got 65",
    ]);
  });
});

describe("checkPort", () => {
  it("refuses the port of a container beside it", () => {
    const taken = { 5432: "the Auth Proxy" };
    expect(checkPort("service.port", 5432, taken).map(formatViolation)).toEqual([
      "service.port: expected a port that the Auth Proxy does not use, got 5432",
    ]);
    expect(checkPort("service.port", 8080, taken)).toEqual([]);
  });
});

describe("checkBranch", () => {
  it("says what is wrong with the expression", () => {
    expect(checkBranch("source.branch", "(?=main)").map(formatViolation)).toEqual([
      'source.branch: expected a regular expression in RE2\'s syntax, such as ^main$, got "(?=main)"; error parsing regexp: invalid or unsupported Perl syntax: `(?=`',
    ]);
  });
});

describe("checkIamUserName", () => {
  const at = (length: number) => `${"a".repeat(length - "@my-project.iam".length)}@my-project.iam`;

  it("takes a name that PostgreSQL keeps whole", () => {
    expect(checkIamUserName("email", `${at(63)}.gserviceaccount.com`)).toEqual([]);
    expect(checkIamUserName("email", `${at(64)}.gserviceaccount.com`)).toHaveLength(1);
    expect(checkIamUserName("email", "somebody@example.com")).toHaveLength(1);
    expect(checkIamUserName("email", { apply: () => "" })).toEqual([]);
  });

  it("is the email without its end", () => {
    expect(iamUserName("a@p.iam.gserviceaccount.com")).toBe("a@p.iam");
    expect(iamUserName("a@p.iam")).toBe("a@p.iam");
  });

  it("holds for every account and project that we name", () => {
    const longest = `${"a".repeat(28)}@${"p".repeat(30)}.iam.gserviceaccount.com`;
    expect(checkIamUserName("email", longest)).toEqual([]);
  });
});

describe("checkFlags", () => {
  it("refuses wrong spelling, the same setting twice, and IAM login switched off", () => {
    const flags = {
      Work_mem: "1",
      work_mem: "2",
      "cloudsql.iam_authentication": "off",
      log_statement: 1,
    };
    expect(checkFlags("flags", flags, "Iam").map(formatViolation)).toEqual([
      'flags.Work_mem: expected a setting in Cloud SQL\'s lower-case spelling, got "Work_mem"',
      "flags.log_statement: expected a text, got 1",
      'flags.work_mem: expected each setting once, got ["Work_mem","work_mem"]',
      'flags.cloudsql.iam_authentication: expected "on" with login Iam, got "off"',
    ]);
    expect(checkFlags("flags", { "cloudsql.iam_authentication": "off" }, "Password")).toEqual([]);
  });
});

describe("mergeFlags", () => {
  it("lets the user's win, in the order of names", () => {
    expect(mergeFlags({ b: "1", a: "1" }, { b: "2", c: "3" }, "Password")).toEqual([
      { name: "a", value: "1" },
      { name: "b", value: "2" },
      { name: "c", value: "3" },
    ]);
    expect(mergeFlags({}, {}, "Iam")).toEqual([
      { name: "cloudsql.iam_authentication", value: "on" },
    ]);
  });
});

describe("backups", () => {
  const production = presetDefaults("Production").backups;
  const development = presetDefaults("Development").backups;

  it("come from the preset unless asked otherwise", () => {
    expect(resolveBackups({}, production, false)).toEqual(production);
    expect(resolveBackups({ retainedBackups: 3 }, development, false)).toEqual({
      ...development,
      retainedBackups: 3,
    });
  });

  it("include point-in-time recovery for a standby, and never without backups", () => {
    expect(resolveBackups({}, development, true).pointInTimeRecovery).toBe(true);
    expect(resolveBackups({ enabled: false }, production, false).pointInTimeRecovery).toBe(false);
  });

  it.each([
    [{ enabled: false, pointInTimeRecovery: true }, false, "backups.enabled"],
    [{ enabled: false }, true, "backups.enabled"],
    [{ pointInTimeRecovery: false }, true, "backups.pointInTimeRecovery"],
    [{ retainedBackups: 0 }, false, "backups.retainedBackups"],
    [{ finalBackupDays: 366 }, false, "backups.finalBackupDays"],
    [{ transactionLogDays: 8 }, false, "backups.transactionLogDays"],
  ])("%j are refused with high availability %s", (options, highAvailability, path) => {
    const resolved = resolveBackups(options, production, highAvailability);
    const violations = checkBackups("backups", resolved, {
      highAvailability,
      edition: "ENTERPRISE",
    });
    expect(violations.map((violation) => violation.path)).toEqual([path]);
  });

  it("may keep logs longer with the edition that does", () => {
    const resolved = resolveBackups({ transactionLogDays: 35 }, production, false);
    const context = { highAvailability: false, edition: "ENTERPRISE_PLUS" };
    expect(checkBackups("backups", resolved, context)).toEqual([]);
  });
});
