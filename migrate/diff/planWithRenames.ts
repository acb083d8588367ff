import type { CommandContext } from "../run/workspace";
import { withClient } from "../shadow/shadowServer";
import type { Shadow } from "../shadow/withShadow";
import { InvalidArgsError } from "../violations";
import { askAbout } from "./ask";
import type { Databases } from "./databases";
import { readObjects } from "./objects";
import { type MigrationPlan, planMigration } from "./planMigration";
import { type BothSides, parseRenames } from "./renames";

/** What is said of renames beforehand. */
export interface RenameSettings {
  /** `OLD=NEW` */
  renames: readonly string[];
  /** Whether somebody may be asked about others. */
  mayAsk: boolean;
  role: string;
  schemas: readonly [string, ...string[]];
}

/** Plans with the renames that are named, and asks about the others where somebody can answer. */
export async function planWithRenames(
  shadow: Shadow,
  databases: Databases,
  settings: RenameSettings,
  { signal }: CommandContext,
): Promise<MigrationPlan> {
  const sides = await readSides(databases);
  const planWith = (texts: readonly string[]): Promise<MigrationPlan> => {
    const { renames, violations } = parseRenames(texts, sides, settings.schemas[0]);
    if (violations.length > 0) throw new InvalidArgsError(violations);
    return planMigration(shadow, databases, settings.role, { renames, sides });
  };
  const plan = await planWith(settings.renames);
  if (!settings.mayAsk || plan.suggestions.length === 0) return plan;
  const agreed = await askAbout(plan.suggestions, signal);
  return agreed.length === 0 ? plan : planWith([...settings.renames, ...agreed]);
}

async function readSides({ current, desired }: Databases): Promise<BothSides> {
  return {
    current: await withClient(current.superuserUrl, readObjects),
    desired: await withClient(desired.superuserUrl, readObjects),
  };
}
