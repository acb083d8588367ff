import { quote } from "../violations";
import type { FlagReader } from "./reader";

/** Flags that name a database, for a command that must not touch any that is there. */
export function refuseConnection(reader: FlagReader, reason: string): void {
  for (const flag of ["instance", "iam", "impersonate", "ip-type"]) {
    const value = flag === "iam" ? reader.flag(flag) || null : reader.text(flag);
    if (value === null) continue;
    const remedy = "leave it out";
    reader.violations.push({
      path: `--${flag}`,
      expected: `nothing, for ${reason}`,
      got: quote(value),
      remedy,
    });
  }
}
