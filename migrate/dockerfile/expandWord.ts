/** Looks a variable up; undefined when it is not set. */
export type Lookup = (name: string) => string | undefined;

/**
 * Expands one word of a Dockerfile: removes quotes, keeps escaped characters, replaces `$NAME`,
 * `${NAME}`, `${NAME:-word}`, `${NAME-word}`, `${NAME:+word}` and `${NAME+word}`.
 *
 * @see https://docs.docker.com/reference/dockerfile/#environment-replacement
 */
export function expandWord(word: string, lookup: Lookup): string {
  let result = "";
  let quote = "";
  for (let at = 0; at < word.length; at++) {
    const character = word.charAt(at);
    if (character === "'" && quote !== '"') quote = quote === "'" ? "" : "'";
    else if (quote === "'") result += character;
    else if (character === '"') quote = quote === '"' ? "" : '"';
    else if (character === "\\" && at + 1 < word.length) result += word.charAt(++at);
    else if (character === "$") {
      const variable = readVariable(word, at, lookup);
      result += variable.text;
      at = variable.end - 1;
    } else result += character;
  }
  return result;
}

function readVariable(word: string, start: number, lookup: Lookup): { text: string; end: number } {
  const plain = /^\$([A-Za-z_]\w*)/.exec(word.slice(start));
  if (plain?.[1] !== undefined) {
    return { text: lookup(plain[1]) ?? "", end: start + plain[0].length };
  }
  if (word.charAt(start + 1) !== "{") return { text: "$", end: start + 1 };
  const end = closingBrace(word, start + 2);
  const inner = word.slice(start + 2, end);
  const [, name = "", operator = "", rest = ""] = /^(\w*)(:?[-+])?(.*)$/s.exec(inner) ?? [];
  if (name === "" || (operator === "" && rest !== "")) {
    throw new Error(`\${${inner}}: expected NAME, NAME:-word or NAME:+word`);
  }
  return { text: substitute(lookup(name), operator, rest, lookup), end: end + 1 };
}

function substitute(
  value: string | undefined,
  operator: string,
  word: string,
  lookup: Lookup,
): string {
  const isSet = operator.startsWith(":")
    ? value !== undefined && value !== ""
    : value !== undefined;
  if (operator.endsWith("-")) return isSet ? (value ?? "") : expandWord(word, lookup);
  if (operator.endsWith("+")) return isSet ? expandWord(word, lookup) : "";
  return value ?? "";
}

function closingBrace(word: string, from: number): number {
  let depth = 1;
  for (let at = from; at < word.length; at++) {
    if (word.startsWith("${", at)) depth++;
    else if (word.charAt(at) === "}" && --depth === 0) return at;
  }
  throw new Error(`${word}: expected a closing brace`);
}
