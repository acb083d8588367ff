// JavaScript's own, none of which reaches out of the script, or differs from one run to the next.
const OWN = new Set(
  `Array BigInt Boolean Error Infinity JSON Map Math NaN Number Object Promise RangeError RegExp Set
  String Symbol TypeError WeakMap WeakSet console decodeURIComponent encodeURIComponent isFinite
  isNaN parseFloat parseInt undefined`.split(/\s+/),
);

// Names that lead out of a script, on every version of Node.js; the platform's others are added.
const OUTSIDE = `require import eval Function process global globalThis self window fetch module arguments
  this with setTimeout setInterval setImmediate queueMicrotask Buffer URL WebAssembly Proxy Reflect
  Worker WebSocket EventSource BroadcastChannel navigator localStorage performance crypto Atomics
  SharedArrayBuffer Date Intl __dirname __filename`;

const FORBIDDEN = new Set(
  [...OUTSIDE.split(/\s+/), ...Object.getOwnPropertyNames(globalThis)].filter(
    (name) => !OWN.has(name),
  ),
);

// Ways from a value to `Function`, and what is different each time.
const FORBIDDEN_MEMBERS = new Set(["constructor", "prototype", "__proto__", "random"]);

// Types only, and a class that holds a text.
const TYPES = /^(type\s+\w+|MigrationBuilder|ColumnDefinitions?|PgLiteral|PgType)$/;
const IMPORT =
  /^import\s+(?:(?<type>type)\s+)?\{(?<names>[^{}'"`]*)\}\s*from\s*(?<quote>['"])node-pg-migrate\k<quote>/;

/**
 * Why a script cannot be run beside the real run without harm; null when it names nothing outside
 * itself. Reads the text alone, and errs on the safe side: what it cannot follow is a reason.
 */
export function findOutside(text: string): string | null {
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  // What is open: a block, or the `${…}` of a template, after which the template goes on.
  const open: ("block" | "template")[] = [];
  let before = "";
  while (at < text.length) {
    const rest = text.slice(at, at + 2);
    const character = text.charAt(at);
    if (/\s/.test(character)) at += 1;
    else if (rest === "//") at = endOf(text, /[\n\r\u2028\u2029]/g, at);
    else if (rest === "/*") at = endOf(text, /\*\//g, at + 2);
    else if (character === "/" || character === "\\" || text.startsWith("<!--", at)) {
      return `it has a ${character} whose meaning is not looked into`;
    } else if (character === "'" || character === '"') {
      const end = endOfString(text, at);
      if (end === null) return "it has a string that does not end";
      if (/constructor|__proto__|\\[ux0-7]/.test(text.slice(at, end))) return "it hides a name";
      [at, before] = [end, "'"];
    } else if (character === "`" || (character === "}" && open.at(-1) === "template")) {
      if (character === "}") open.pop();
      const end = endOfTemplate(text, at + 1);
      if (end === null) return "it has a template that does not end";
      if (/constructor|__proto__|\\[ux0-7]/.test(text.slice(at, end))) return "it hides a name";
      if (text.charAt(end - 1) === "{") open.push("template");
      [at, before] = [end, "'"];
    } else if (/[\p{ID_Start}$_#]/u.test(String.fromCodePoint(text.codePointAt(at) ?? 0))) {
      const [word = character] = /^[\p{ID_Continue}$_#\u200c\u200d]+/u.exec(text.slice(at)) ?? [];
      const imported = word === "import" ? IMPORT.exec(text.slice(at)) : null;
      if (imported !== null && open.length === 0 && isTypes(imported.groups)) {
        at += imported[0].length;
        continue;
      }
      if (isOutside(word, before, text.slice(at + word.length))) return `it mentions ${word}`;
      // It is run twice, and would find what the first run has left.
      if ((word === "let" || word === "var") && open.length === 0) return "it keeps a variable";
      [at, before] = [at + word.length, word];
    } else {
      if (character === "{") open.push("block");
      if (character === "}") open.pop();
      before = rest === "?." || text.startsWith("...", at) ? text.slice(at, at + 2) : character;
      at += text.startsWith("...", at) ? 3 : rest === "?." ? 2 : 1;
    }
  }
  return null;
}

function isTypes(groups: Record<string, string | undefined> | undefined): boolean {
  const names = (groups?.names ?? "").split(",").map((name) => name.trim());
  return groups?.type !== undefined || names.every((name) => name === "" || TYPES.test(name));
}

function isOutside(word: string, before: string, after: string): boolean {
  if (FORBIDDEN_MEMBERS.has(word)) return true;
  if (!FORBIDDEN.has(word)) return false;
  if (word === "module" && /^\s*\.\s*exports\b/.test(after)) return false;
  const isMember = before === "." || before === "?.";
  const isKey = (before === "{" || before === ",") && /^\s*:/.test(after);
  return !isMember && !isKey;
}

function endOf(text: string, end: RegExp, from: number): number {
  end.lastIndex = from;
  return end.exec(text) === null ? text.length : end.lastIndex;
}

function endOfString(text: string, at: number): number | null {
  const string = text.charAt(at) === "'" ? /'(?:[^'\\\n\r]|\\[^])*'/y : /"(?:[^"\\\n\r]|\\[^])*"/y;
  string.lastIndex = at;
  return string.test(text) ? string.lastIndex : null;
}

/** Behind a template's backquote, or behind its next `${`. */
function endOfTemplate(text: string, at: number): number | null {
  const part = /(?:[^`\\$]|\\[^]|\$(?!\{))*(?:`|\$\{)/y;
  part.lastIndex = at;
  return part.test(text) ? part.lastIndex : null;
}
