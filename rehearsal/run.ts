import type { Inventory } from "../inventory";
import type { Announcement } from "./announcements";
import type { ContextSource } from "./contextSource";
import type { RehearsalEvent } from "./events";
import type { PlayedRelease } from "./playRelease";
import type { ReleaseDocument } from "./releaseDocument";
import type { RequestCounter } from "./requestCounter";
import type { ReleaseProperty, RequestCounts, Rewrite } from "./result";
import type { Workspace } from "./workspace";

/** A rehearsal while it runs. */
export interface Run {
  source: ContextSource;
  inventory: Inventory;
  document: ReleaseDocument;
  /** Properties of the rendered document; empty when that is the one that runs. */
  ownProperties: ReleaseProperty[];
  workspaces: Workspace[];
  releases: AnnouncedRelease[];
  requests: RequestCounter;
  minimumRequests: number;
  rewrites: Rewrite[];
  notes: string[];
  onEvent: (event: RehearsalEvent) => void;
  signal: AbortSignal;
}

/** A release that was announced, and what became of it. */
export interface AnnouncedRelease extends Announcement {
  /** Where it did not do what was announced. */
  deviations: string[];
  /** Null until it was played. */
  played: (PlayedRelease & { requests: RequestCounts }) | null;
}
