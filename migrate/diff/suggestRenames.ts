import { type Proposal, nameOf } from "./change";
import type { BothSides, Rename } from "./renames";
import { type NamedObject, pathOf } from "./objects";

// Of a constraint or an index nothing is lost either way.
const WITH_CONTENT = new Set([
  ...["table", "column", "view", "materializedView", "sequence", "type", "domain", "foreignTable"],
]);

/** What may have been meant as a rename or a move, in the words of `--rename`. */
export function suggestRenames(
  proposals: readonly Proposal[],
  sides: BothSides,
  named: readonly Rename[],
): string[] {
  const renamed = proposals
    .filter(({ kind }) => WITH_CONTENT.has(kind))
    .map(({ from, to }) => `${nameOf(from)}=${String(to.name)}`);
  return [...new Set([...renamed, ...findMoves(sides, named)])];
}

/** Relations of one name that are gone from one schema and new in another. */
function findMoves({ current, desired }: BothSides, named: readonly Rename[]): string[] {
  const isNamed = (path: string): boolean => named.some(({ object }) => pathOf(object) === path);
  const only = (side: readonly NamedObject[], other: readonly NamedObject[]): NamedObject[] => {
    const there = new Set(other.map(pathOf));
    return side.filter((one) => one.table === null && !there.has(pathOf(one)));
  };
  const added = only(desired, current);
  const left = only(current, desired).filter((gone) => !isNamed(pathOf(gone)));
  return left.flatMap((gone) =>
    added
      .filter(({ kind, name }) => kind === gone.kind && name === gone.name)
      .map((come) => `${pathOf(gone)}=${pathOf(come)}`),
  );
}

/** Of constraints and indexes: they keep their meaning, and nobody has to build them again. */
export function followRenames(proposals: readonly Proposal[]): Proposal[] {
  return proposals.filter(
    ({ kind, status }) => status === "unambiguous" && (kind === "constraint" || kind === "index"),
  );
}
