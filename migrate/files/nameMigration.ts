import { numericPrefix } from "./fileName";

// A name made of these alone tells the next reader nothing.
const EMPTY_WORDS = new Set(
  (
    "a all and asdf bar bugfix change changes cleanup database db edit final fix fixes foo hotfix " +
    "migrate migration migrations minor misc my more modify new old other patch qwerty schema some sql stuff " +
    "table tables temp test tests the thing things tmp todo update updates v wip work x xxx y z"
  ).split(" "),
);

// The migrations table keeps names in varchar(255), file systems in 255 bytes; the prefix and the
// extension take up to 23 of them.
const LONGEST_SLUG = 200;

/** Words as they stand in a file name: `Add users!` is `add-users`. */
export function toSlug(words: readonly string[]): string {
  return words
    .join(" ")
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
}

// A number behind a word, as in "migration1", counts the attempts and adds nothing to it.
function saysNothing(word: string): boolean {
  return word.length < 2 || EMPTY_WORDS.has(word.replace(/\d+$/, "")) || /^\d+$/.test(word);
}

/** What is wrong with a name, or null. */
export function findNameFault(slug: string): string | null {
  const words = slug.split("-").filter((word) => word !== "");
  if (words.length === 0) return "has no letters";
  if (slug.length > LONGEST_SLUG) return `is longer than ${LONGEST_SLUG} characters`;
  if (words.every(saysNothing)) return "says nothing";
  return null;
}

/**
 * The next prefix, in the manner of the files that are there: milliseconds (node-pg-migrate's default),
 * a UTC time of 17 digits, or an index. Never before an existing file, whatever a clock says.
 */
export function nextPrefix(names: readonly string[], now: number): string {
  const prefixes = names.flatMap((name) => /^\d+/.exec(name)?.[0] ?? []);
  const last = prefixes.at(-1);
  const newest = Math.max(0, ...prefixes.map((prefix) => numericPrefix(prefix) ?? 0));
  if (last?.length === 17) {
    return new Date(Math.max(now, newest + 1)).toISOString().replace(/\D/g, "");
  }
  if (last !== undefined && last.length <= 6) return String(newest + 1).padStart(last.length, "0");
  return String(Math.max(now, newest + 1));
}
