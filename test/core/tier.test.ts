import { describe, expect, it } from "vitest";
import { checkTier, parseTier } from "../../components/core/tier";
import { formatViolation } from "../../components/core/violations";

describe("parseTier", () => {
  it.each([
    ["db-f1-micro", { series: "shared", cpus: 1, edition: "ENTERPRISE", diskType: "PD_SSD" }],
    [
      "db-custom-2-7680",
      { series: "custom", cpus: 2, memoryMib: 7680, edition: "ENTERPRISE", diskType: "PD_SSD" },
    ],
    [
      "db-custom-N4-2-8192",
      {
        series: "customN4",
        cpus: 2,
        memoryMib: 8192,
        edition: "ENTERPRISE",
        diskType: "HYPERDISK_BALANCED",
      },
    ],
    [
      "db-perf-optimized-N-8",
      { series: "performance", cpus: 8, edition: "ENTERPRISE_PLUS", diskType: "PD_SSD" },
    ],
    [
      "db-c4a-highmem-4",
      {
        series: "performance",
        cpus: 4,
        edition: "ENTERPRISE_PLUS",
        diskType: "HYPERDISK_BALANCED",
      },
    ],
    ["db-n1-standard-1", undefined],
    ["db-cusotm-1-3840", undefined],
    ["db-custom-0-3840", undefined],
    ["", undefined],
  ])("reads %j", (tier, parsed) => {
    expect(parseTier(tier)).toEqual(parsed);
  });
});

describe("checkTier", () => {
  it.each([
    ["db-f1-micro", undefined],
    ["db-f1-micro", "ENTERPRISE"],
    ["db-custom-1-3840", "ENTERPRISE"],
    ["db-custom-96-638976", "ENTERPRISE"],
    ["db-perf-optimized-N-2", "ENTERPRISE_PLUS"],
    ["db-custom-N4-80-655360", "ENTERPRISE"],
    [undefined, "ENTERPRISE_PLUS"],
    [{ apply: () => "db-f1-micro" }, "ENTERPRISE_PLUS"],
    ["db-f1-micro", { apply: () => "ENTERPRISE_PLUS" }],
  ])("takes %j with edition %j", (tier, edition) => {
    expect(checkTier("database", tier, edition)).toEqual([]);
  });

  it.each([
    [
      "db-f1-micro",
      "ENTERPRISE_PLUS",
      'database.edition: expected ENTERPRISE, for the tier is "db-f1-micro", got "ENTERPRISE_PLUS"; change one of the two',
    ],
    [
      "db-perf-optimized-N-2",
      "ENTERPRISE",
      'database.edition: expected ENTERPRISE_PLUS, for the tier is "db-perf-optimized-N-2", got "ENTERPRISE"; change one of the two',
    ],
    [
      "db-custom-3-11520",
      "ENTERPRISE",
      'database.tier: expected 1 or an even number of CPUs up to 96, got "db-custom-3-11520"',
    ],
    [
      "db-custom-N4-1-4096",
      "ENTERPRISE",
      'database.tier: expected an even number of CPUs up to 80, got "db-custom-N4-1-4096"',
    ],
    [
      "db-custom-2-3584",
      "ENTERPRISE",
      'database.tier: expected memory that is a multiple of 256 MiB, at least 3840 and 921.6 to 6656 MiB for each CPU, got "db-custom-2-3584"',
    ],
    [
      "db-custom-1-3900",
      "ENTERPRISE",
      'database.tier: expected memory that is a multiple of 256 MiB, at least 3840 and 921.6 to 6656 MiB for each CPU, got "db-custom-1-3900"',
    ],
    [
      "db-n1-standard-1",
      "ENTERPRISE",
      'database.tier: expected db-f1-micro, db-g1-small, db-custom-{cpus}-{memory in MiB}, db-custom-N4-{cpus}-{memory in MiB}, db-perf-optimized-N-{cpus} or db-c4a-highmem-{cpus}, got "db-n1-standard-1"',
    ],
  ])("refuses %j with edition %j", (tier, edition, message) => {
    expect(checkTier("database", tier, edition).map(formatViolation)).toEqual([message]);
  });

  it("refuses a tier that is no text", () => {
    expect(checkTier("", 1, "ENTERPRISE")[0]).toMatchObject({ path: "tier", got: "1" });
  });
});
