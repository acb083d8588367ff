import { mentions } from "./change";
import type { Step, Steps } from "./step";

/** Statements that go into one file. */
export interface Segment {
  mode: Step["mode"];
  statements: string[];
  /** Statements of the plan among them after which something is gone. */
  losses: string[];
}

/**
 * Puts the steps into as few files as their transactions allow: what is quick comes first, then what runs
 * outside a transaction, then what needed that. Within a file they keep their order.
 */
export function arrange(all: readonly Steps[]): Segment[] {
  const placed: { step: Step; level: number; loss: string | null }[] = [];
  const ready = new Map<Steps, number>();
  // The engine may use a value before it makes it.
  const ordered = [...all.filter(isOfValue), ...all.filter((one) => !isOfValue(one))];
  for (const [index, item] of ordered.entries()) {
    const before = ordered.slice(0, index).filter((other) => waitsFor(item, other));
    let level = Math.max(0, ...before.map((other) => ready.get(other) ?? 0));
    for (const [place, step] of item.steps.entries()) {
      level = fit(level, step.mode);
      const isLoss = item.change.losesData && step.sql === item.change.sql;
      placed.push({ step, level, loss: isLoss ? item.change.sql : null });
      if (place === item.readyAfter) ready.set(item, level);
    }
  }
  const levels = [...new Set(placed.map(({ level }) => level))].sort((a, b) => a - b);
  return levels.map((level) => {
    const steps = placed.filter((one) => one.level === level);
    return {
      mode: level % 2 === 0 ? "transaction" : "alone",
      statements: steps.map(({ step }) => step.sql),
      losses: steps.flatMap(({ loss }) => loss ?? []),
    };
  });
}

/** Transactions have even levels. */
function fit(level: number, mode: Step["mode"]): number {
  return (level % 2 === 0) === (mode === "transaction") ? level : level + 1;
}

/** Whether one can begin only when another has made what it makes. */
function waitsFor({ change, refersTo }: Steps, other: Steps): boolean {
  if (other.value !== null && change.sql.includes(other.value)) return true;
  if (refersTo !== null && refersTo === other.uniqueOn) return true;
  return other.change.produces.some((id) => mentions(change, id));
}

function isOfValue({ value }: Steps): boolean {
  return value !== null;
}
