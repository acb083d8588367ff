/** Gives that many random bytes: `crypto.randomBytes`, passed in so that this stays a pure function. */
export type RandomSource = (count: number) => Uint8Array;

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS = "0123456789";
/** Neither a URL nor a shell gives these a meaning. */
const SYMBOLS = "-_.";
const ALL = `${LOWER}${UPPER}${DIGITS}${SYMBOLS}`;

/** About 240 bits: 40 characters of 65. */
const LENGTH = 40;

/**
 * A password with at least one character of each class, which `COMPLEXITY_DEFAULT` asks for and a
 * quarter of all base64url strings have not. It begins with a letter, so that no tool takes it for a flag.
 */
export function generatePassword(random: RandomSource): string {
  const classes = [UPPER, DIGITS, SYMBOLS].map((set) => pick(set, random));
  const rest = Array.from({ length: LENGTH - classes.length - 1 }, () => pick(ALL, random));
  return pick(LOWER, random) + shuffle([...classes, ...rest], random).join("");
}

function pick(characters: string, random: RandomSource): string {
  return characters.charAt(below(characters.length, random));
}

/** Every order is equally likely (Fisher and Yates). */
function shuffle(characters: string[], random: RandomSource): string[] {
  const shuffled = [...characters];
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const other = below(last + 1, random);
    const moved = shuffled[last] ?? "";
    shuffled[last] = shuffled[other] ?? "";
    shuffled[other] = moved;
  }
  return shuffled;
}

/** A number below `bound` (at most 256). Bytes past the last whole multiple are thrown away: they would favour low numbers. */
function below(bound: number, random: RandomSource): number {
  const limit = 256 - (256 % bound);
  for (;;) {
    const byte = random(1)[0];
    if (byte === undefined) throw new Error("the random source gave no byte");
    if (byte < limit) return byte % bound;
  }
}
