export { type ContextSource, findContext } from "./contextSource";
export type { RehearsalEvent } from "./events";
export { type RehearseOptions, rehearse } from "./rehearse";
export type { Rehearsal, RehearsalDetails, RehearsalResult, ReleaseResult } from "./result";
