/** A source of COPY or ADD, and how it is read. */
export interface SourcePattern {
  /** From the root of what is copied from, without leading slash; empty for the root itself. */
  segments: readonly string[];
  /** Of these, how many stand before a `/./`, behind which `--parents` begins; else 0. */
  pivot: number;
  /** `--parents`: folders above what matches come along, and `**` means any of them. */
  keepsParents: boolean;
}

/** What of a file's path the source has named, and what is below. */
export interface SourceMatch {
  /** Below a folder that the source names; empty when it names the file itself. */
  below: string;
  /** Where it lands in the destination, which is a folder. */
  landing: string;
}

/** Reads a source as Docker does: it cannot leave the root. */
export function parseSource(source: string, keepsParents: boolean): SourcePattern {
  const [before = "", after] = keepsParents ? splitPivot(source) : [source];
  const pivot = after === undefined ? 0 : normalise(before).length;
  return { segments: normalise(`${before}/${after ?? ""}`), pivot, keepsParents };
}

/** Whether a source takes a file, by name or with the folder it is in. */
export function matchSource(pattern: SourcePattern, path: string): SourceMatch | null {
  const segments = path.split("/");
  const taken = countTaken(pattern.segments, segments, pattern.keepsParents);
  if (taken === null) return null;
  const below = segments.slice(taken).join("/");
  const kept = pattern.keepsParents ? segments.slice(pattern.pivot).join("/") : below;
  return { below, landing: kept === "" ? (segments.at(-1) ?? "") : kept };
}

function splitPivot(source: string): string[] {
  const at = source.indexOf("/./");
  return at < 0 ? [source] : [source.slice(0, at), source.slice(at + 3)];
}

function normalise(path: string): string[] {
  const kept: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(segment);
  }
  return kept;
}

/** How many folders of a path a pattern names; the most, when it can be read in several ways. */
function countTaken(
  [first, ...rest]: readonly string[],
  path: readonly string[],
  isDeep: boolean,
): number | null {
  if (first === undefined) return 0;
  if (isDeep && first === "**") {
    for (let skipped = path.length; skipped >= 0; skipped--) {
      const taken = countTaken(rest, path.slice(skipped), isDeep);
      if (taken !== null) return skipped + taken;
    }
    return null;
  }
  const [segment, ...below] = path;
  if (segment === undefined || !toRegExp(first).test(segment)) return null;
  const taken = countTaken(rest, below, isDeep);
  return taken === null ? null : taken + 1;
}

/** As Go's `filepath.Match` has it, to which a leading dot is a character like any other. */
function toRegExp(segment: string): RegExp {
  const parts = segment.match(/\\[^]|\[\^?\]?[^\]]*\]|[^]/gu) ?? [];
  const source = parts.map((part) => {
    if (part === "*") return ".*";
    if (part === "?") return ".";
    if (part.length > 2 && part.startsWith("[")) return part;
    return (part.length === 2 && part.startsWith("\\") ? part.slice(1) : part).replace(
      /[\\^$.*+?()[\]{}|/-]/g,
      "\\$&",
    );
  });
  try {
    return new RegExp(`^${source.join("")}$`, "su");
  } catch {
    return /^(?!)/; // Docker refuses the pattern
  }
}
