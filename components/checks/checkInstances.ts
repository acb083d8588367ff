import { quote, type Violation } from "../core/violations";

/**
 * Memory that fits the processors, in MiB: @see
 * https://cloud.google.com/run/docs/configuring/services/memory-limits
 */
const MEMORY_MIB: Record<string, [least: number, most: number]> = {
  1: [512, 4096],
  2: [512, 8192],
  4: [2048, 16384],
  6: [4096, 24576],
  8: [4096, 32768],
};

/** Instances of a service or a worker. */
interface Instances {
  minInstances?: number;
  maxInstances?: number;
  cpu?: string;
  memory?: string;
}

/** How many instances there are and how large; `prefix` is put before the arguments' names. */
export function checkInstances(prefix: string, instances: Instances): Violation[] {
  const { minInstances = 0, maxInstances = 10, cpu = "1", memory = "512Mi" } = instances;
  const violations: Violation[] = [];
  if (minInstances > maxInstances) {
    violations.push({
      rule: "instances-range",
      path: `${prefix}minInstances`,
      expected: `at most ${prefix}maxInstances, ${maxInstances}`,
      got: quote(minInstances),
    });
  }
  const [least, most] = MEMORY_MIB[cpu] ?? [0, Infinity];
  const mebibytes = parseInt(memory, 10) * (memory.endsWith("Gi") ? 1024 : 1);
  if (mebibytes < least || mebibytes > most) {
    violations.push({
      rule: "memory-of-cpu",
      path: `${prefix}memory`,
      expected: `${least}Mi to ${most}Mi with ${prefix}cpu ${cpu}`,
      got: quote(memory),
    });
  }
  return violations;
}
