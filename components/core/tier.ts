import { isUnknown } from "./checkText";
import { quote, type Violation } from "./violations";

/** What the name of a Cloud SQL machine says. */
export interface Tier {
  series: "shared" | "custom" | "customN4" | "performance";
  cpus: number;
  /** Only where the name says it. */
  memoryMib?: number;
  /** The edition that sells it. */
  edition: "ENTERPRISE" | "ENTERPRISE_PLUS";
  /** The disk it takes: newer series have no persistent disks. */
  diskType: "PD_SSD" | "HYPERDISK_BALANCED";
}

const EXPECTED =
  "db-f1-micro, db-g1-small, db-custom-{cpus}-{memory in MiB}, db-custom-N4-{cpus}-{memory in MiB}, " +
  "db-perf-optimized-N-{cpus} or db-c4a-highmem-{cpus}";

/**
 * Reads a tier by the grammar of Cloud SQL for PostgreSQL; undefined when it is none.
 *
 * @see https://cloud.google.com/sql/docs/postgres/instance-settings
 */
export function parseTier(tier: string): Tier | undefined {
  if (tier === "db-f1-micro" || tier === "db-g1-small") {
    return { series: "shared", cpus: 1, edition: "ENTERPRISE", diskType: "PD_SSD" };
  }
  const custom = /^db-custom-(N4-)?([1-9]\d*)-([1-9]\d*)$/.exec(tier);
  if (custom !== null) {
    const isN4 = custom[1] !== undefined;
    return {
      series: isN4 ? "customN4" : "custom",
      cpus: Number(custom[2]),
      memoryMib: Number(custom[3]),
      edition: "ENTERPRISE",
      diskType: isN4 ? "HYPERDISK_BALANCED" : "PD_SSD",
    };
  }
  const performance = /^db-(perf-optimized-N|c4a-highmem)-([1-9]\d*)$/.exec(tier);
  if (performance === null) return undefined;
  return {
    series: "performance",
    cpus: Number(performance[2]),
    edition: "ENTERPRISE_PLUS",
    diskType: performance[1] === "c4a-highmem" ? "HYPERDISK_BALANCED" : "PD_SSD",
  };
}

/** Checks a tier, and that `edition` is the one that sells it. Paths are `<path>.tier` and so on. */
export function checkTier(path: string, tier: unknown, edition: unknown): Violation[] {
  if (tier === undefined || isUnknown(tier)) return [];
  const tierPath = joinPath(path, "tier");
  const parsed = typeof tier === "string" ? parseTier(tier) : undefined;
  if (parsed === undefined) {
    return [{ rule: "tier", path: tierPath, expected: EXPECTED, got: quote(tier) }];
  }
  return [...checkShape(tierPath, tier, parsed), ...checkEditionFits(path, tier, parsed, edition)];
}

function checkShape(path: string, tier: unknown, { series, cpus, memoryMib }: Tier): Violation[] {
  if (memoryMib === undefined) return [];
  const [maxCpus, minPerCpu, maxPerCpu, minMemory] =
    series === "customN4" ? [80, 2048, 8192, 4096] : [96, 921.6, 6656, 3840];
  const violations: Violation[] = [];
  const isEven = cpus % 2 === 0 || (series === "custom" && cpus === 1);
  if (!isEven || cpus > maxCpus) {
    const one = series === "custom" ? "1 or " : "";
    const expected = `${one}an even number of CPUs up to ${maxCpus}`;
    violations.push({ rule: "tier-cpus", path, expected, got: quote(tier) });
  }
  const perCpu = memoryMib / cpus;
  if (memoryMib % 256 !== 0 || memoryMib < minMemory || perCpu < minPerCpu || perCpu > maxPerCpu) {
    const expected =
      `memory that is a multiple of 256 MiB, at least ${minMemory} ` +
      `and ${minPerCpu} to ${maxPerCpu} MiB for each CPU`;
    violations.push({ rule: "tier-memory", path, expected, got: quote(tier) });
  }
  return violations;
}

function checkEditionFits(
  path: string,
  tier: unknown,
  parsed: Tier,
  edition: unknown,
): Violation[] {
  if (edition === undefined || isUnknown(edition) || edition === parsed.edition) return [];
  return [
    {
      rule: "tier-edition",
      path: joinPath(path, "edition"),
      expected: `${parsed.edition}, for the tier is ${quote(tier)}`,
      got: quote(edition),
      remedy: "change one of the two",
    },
  ];
}

function joinPath(path: string, member: string): string {
  return path === "" ? member : `${path}.${member}`;
}
