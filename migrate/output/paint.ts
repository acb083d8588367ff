import { styleText } from "node:util";
import type { Level } from "../findings/finding";
import type { MigrationState } from "../history/compare";

type Style = "bold" | "dim" | "red" | "yellow" | "green" | "cyan";

/** Coloured on a terminal only; `NO_COLOR` and `FORCE_COLOR` decide otherwise. */
export function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

const LEVELS: Readonly<Record<Level, Style>> = { error: "red", warning: "yellow", note: "cyan" };

export function paintLevel(level: Level): string {
  return paint(LEVELS[level], level);
}

const STATES: Readonly<Record<MigrationState, Style>> = {
  applied: "green",
  pending: "cyan",
  missing: "red",
  edited: "red",
  "out-of-order": "yellow",
  ahead: "yellow",
};

export function paintState(state: MigrationState): string {
  return paint(STATES[state], state);
}
