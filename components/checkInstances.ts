import type { ServiceArgs } from "./args";
import { quote, type Violation } from "./core/violations";

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

/** How many instances there are and how large; `prefix` is put before the arguments' names. */
export function checkInstances(prefix: string, service: ServiceArgs): Violation[] {
  const { minInstances = 0, maxInstances = 10, cpu = "1", memory = "512Mi" } = service;
  const violations: Violation[] = [];
  if (minInstances > maxInstances) {
    violations.push({
      path: `${prefix}minInstances`,
      expected: `at most ${prefix}maxInstances, ${maxInstances}`,
      got: quote(minInstances),
    });
  }
  const [least, most] = MEMORY_MIB[cpu] ?? [0, Infinity];
  const mebibytes = parseInt(memory, 10) * (memory.endsWith("Gi") ? 1024 : 1);
  if (mebibytes < least || mebibytes > most) {
    violations.push({
      path: `${prefix}memory`,
      expected: `${least}Mi to ${most}Mi with ${prefix}cpu ${cpu}`,
      got: quote(memory),
    });
  }
  return violations;
}
