import type { AnyBuildDocument } from "../components";

/** A name for every step: its ID, else its place in the document, as Cloud Build's logs say it. */
export function stepIds(document: AnyBuildDocument): string[] {
  return (document.steps ?? []).map(({ id }, index) => id ?? `Step #${index}`);
}
