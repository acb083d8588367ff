import { escapeLiteral } from "pg";
import type { Expression } from "./model";

/** One place of a text: the characters that may stand there, and how often. */
interface Place {
  characters: string;
  times: number;
}

const CLASSES: Readonly<Record<string, string>> = {
  d: "0123456789",
  w: "abcdefghijklmnopqrstuvwxyz",
  s: " ",
};

// Enough places for a million different texts.
const OFTEN = 6;

/**
 * Texts that match a regular expression, another one for each row as far as there are so many; null for
 * an expression with more in it than characters, classes, counts and alternatives.
 */
export function matchPattern(pattern: string): Expression | null {
  const places = readPlaces(firstAlternative(pattern.replace(/^\^/, "").replace(/\$$/, "")));
  if (places === null || places.length === 0) return null;
  return (row) => {
    let divisor = 1;
    const parts = places.flatMap(({ characters, times }) =>
      Array.from({ length: times }, () => {
        const size = characters.length;
        if (size === 1) return escapeLiteral(characters);
        const part = `substr(${escapeLiteral(characters)}, 1 + (${row} / ${divisor} % ${size})::int, 1)`;
        if (divisor < 1e12) divisor *= size;
        return part;
      }),
    );
    return parts.join(" || ");
  };
}

function readPlaces(pattern: string): Place[] | null {
  const places: Place[] = [];
  let at = 0;
  while (at < pattern.length) {
    const unit = readUnit(pattern, at);
    if (unit === null) return null;
    const quantifier = /^(?:\{(\d+)(?:(,)(\d*))?\}|[+*?])\??/.exec(pattern.slice(unit.end));
    const times = timesOf(quantifier);
    if (times > 100) return null;
    for (let n = 0; n < (unit.places.length === 1 ? 1 : times); n++) {
      places.push(
        ...unit.places.map((place) =>
          unit.places.length === 1 ? { ...place, times: place.times * times } : place,
        ),
      );
    }
    at = unit.end + (quantifier?.[0].length ?? 0);
  }
  return places;
}

function timesOf(quantifier: RegExpExecArray | null): number {
  if (quantifier === null) return 1;
  const [text, least, isRange, most] = quantifier;
  if (least !== undefined) {
    // As many as there may be, up to enough: different rows need room to differ.
    if (isRange === undefined) return Number(least);
    return Math.max(Number(least), Math.min(most === "" ? OFTEN : Number(most), OFTEN));
  }
  return text.startsWith("?") ? 0 : OFTEN;
}

function readUnit(pattern: string, at: number): { places: Place[]; end: number } | null {
  const character = pattern.charAt(at);
  if (character === "(") return readGroup(pattern, at);
  if (character === "[") return readClass(pattern, at);
  if (character === "\\") {
    const next = pattern.charAt(at + 1);
    if (/[a-z]/i.test(next) && CLASSES[next] === undefined) return null;
    return { places: [{ characters: CLASSES[next] ?? next, times: 1 }], end: at + 2 };
  }
  if (/[)\]{}+*?|^$]/.test(character)) return null;
  const characters = character === "." ? "abcdefghijklmnopqrstuvwxyz" : character;
  return { places: [{ characters, times: 1 }], end: at + 1 };
}

function readGroup(pattern: string, at: number): { places: Place[]; end: number } | null {
  let depth = 0;
  for (let end = at; end < pattern.length; end++) {
    if (pattern.charAt(end) === "\\") end += 1;
    else if (pattern.charAt(end) === "(") depth += 1;
    else if (pattern.charAt(end) === ")" && --depth === 0) {
      const inside = pattern.slice(at + 1, end).replace(/^\?:/, "");
      if (inside.startsWith("?")) return null;
      const places = readPlaces(firstAlternative(inside));
      return places === null ? null : { places, end: end + 1 };
    }
  }
  return null;
}

function readClass(pattern: string, at: number): { places: Place[]; end: number } | null {
  const match = /^\[(\^?)((?:\\.|\[:\w+:\]|[^\]\\])+)\]/.exec(pattern.slice(at));
  if (match === null) return null;
  const [whole, isNegated, inside = ""] = match;
  const end = at + whole.length;
  const listed = expand(inside);
  if (isNegated === "") return { places: [{ characters: listed, times: 1 }], end };
  const others = Array.from("abcdefghijklmnopqrstuvwxyz0123456789").filter(
    (one) => !listed.includes(one),
  );
  return others.length === 0 ? null : { places: [{ characters: others.join(""), times: 1 }], end };
}

const NAMED: Readonly<Record<string, string>> = {
  alpha: "a-z",
  digit: "0-9",
  alnum: "a-z0-9",
  upper: "A-Z",
  lower: "a-z",
  space: " ",
  xdigit: "0-9a-f",
};

/** `a-z_` in full. */
function expand(inside: string): string {
  const named = inside.replace(/\[:(\w+):\]/g, (_, name: string) => NAMED[name] ?? "");
  const plain = named.replace(/\\([dws])/g, (_, name: string) => CLASSES[name] ?? "");
  let characters = "";
  for (const [, from = "", to, single] of plain.matchAll(/(\\?[^-\\])-(\\?[^\\])|\\?([^])/g)) {
    if (single !== undefined) characters += single;
    else if (to !== undefined) {
      const [first, last] = [from, to].map((end) => end.charCodeAt(end.length - 1));
      for (let code = first ?? 0; code <= (last ?? 0); code++)
        characters += String.fromCharCode(code);
    }
  }
  return [...new Set(characters)].join("");
}

/** Up to the first `|` that stands in no group and no class. */
function firstAlternative(pattern: string): string {
  let depth = 0;
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    if (character === "\\") at += 1;
    else if (character === "(" || character === "[") depth += 1;
    else if (character === ")" || character === "]") depth -= 1;
    else if (character === "|" && depth === 0) return pattern.slice(0, at);
  }
  return pattern;
}
