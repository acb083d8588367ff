/** A word or an operator of a shell text. */
export interface ShellToken {
  kind: "word" | "operator";
  /** A word without its quotes, expansions as written; a line end is the operator `;`. */
  text: string;
  /** Whether nothing of it was quoted: only then it can be a keyword. */
  bare: boolean;
  /** Texts of the substitutions in it. */
  substitutions: string[];
  /** Text that it gives to the command's standard input. */
  input: string | null;
}

const OPERATORS = ["&&", "||", ";;&", ";;", ";&", "|&", ";", "|", "&", "(", ")"];
const KEYWORDS_BEFORE_COMMAND = /^(?:if|then|elif|else|while|until|do|for|!|\{|time)$/;

/** Takes shell text apart. It knows quotes, comments and here-documents; it evaluates nothing. */
export function shellTokens(text: string): ShellToken[] {
  return new Tokens(text).read();
}

/** Texts of the `$(…)` and `` `…` `` in text that a shell expands. */
export function substitutionsIn(text: string): string[] {
  const found: string[] = [];
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text.startsWith("$((", at)) at += 2;
    else if (text.startsWith("$(", at)) {
      const end = closingBracket(text, at + 1);
      found.push(text.slice(at + 2, end));
      at = end;
    } else if (text[at] === "`") {
      const end = indexOrEnd(text, "`", at + 1);
      found.push(text.slice(at + 1, end));
      at = end;
    }
  }
  return found;
}

class Tokens {
  private readonly tokens: ShellToken[] = [];
  private readonly hereDocuments: { token: ShellToken; delimiter: string; quoted: boolean }[] = [];
  private token: ShellToken | null = null;
  private inTest = false;
  private at = 0;

  constructor(private readonly text: string) {}

  read(): ShellToken[] {
    while (this.at < this.text.length) this.step();
    this.endWord();
    return this.tokens;
  }

  private step(): void {
    const { text, at } = this;
    const char = text[at] ?? "";
    if (char === "\\") {
      if (text[at + 1] !== "\n") this.add(text[at + 1] ?? "", true);
      this.at += 2;
    } else if (char === "'") {
      const end = indexOrEnd(text, "'", at + 1);
      this.add(text.slice(at + 1, end), true);
      this.at = end + 1;
    } else if (text.startsWith("$'", at)) {
      const [whole = "", inner = ""] = /^\$'((?:\\[\s\S]|[^'\\])*)'?/.exec(text.slice(at)) ?? [];
      this.add(inner.replaceAll(/\\([\s\S])/g, "$1"), true);
      this.at += whole.length;
    } else if (char === '"' || text.startsWith('$"', at)) {
      this.readDoubleQuoted(char === '"' ? 1 : 2);
    } else if (char === "$" || char === "`" || /^[<>]\(/.test(text.slice(at, at + 2))) {
      this.readExpansion();
    } else if (char === "#" && this.token === null) {
      this.at = indexOrEnd(text, "\n", at);
    } else if (char === " " || char === "\t" || char === "\r") {
      this.endWord();
      this.at += 1;
    } else if (char === "\n") {
      this.endWord();
      this.operator(";");
      this.at += 1;
      this.readHereDocuments();
    } else if (!this.inTest && text.startsWith("<<", at)) {
      this.readHere();
    } else if (!this.inTest && this.readsBrackets()) {
      const end = closingBracket(text, at);
      this.add(text.slice(at, end + 1));
      this.token?.substitutions.push(...substitutionsIn(text.slice(at, end)));
      this.at = end + 1;
    } else {
      this.readPlain(char);
    }
  }

  // `((…))` where a command may begin, and the list of `x=(…)`.
  private readsBrackets(): boolean {
    const { text, at, token } = this;
    if (text[at] !== "(") return false;
    if (token !== null) return /^\w+(?:\[.*\])?\+?=$/.test(token.text);
    const last = this.tokens.at(-1);
    const begins = last === undefined || last.kind === "operator";
    return text[at + 1] === "(" && (begins || KEYWORDS_BEFORE_COMMAND.test(last.text));
  }

  private readPlain(char: string): void {
    const { text, at } = this;
    if (this.token?.bare === true && this.token.text === "]]") this.endWord();
    const operator = OPERATORS.find((one) => text.startsWith(one, at));
    // `&>file`, `2>&1` and `>|file` are redirections.
    const redirects = /[<>]/.test(text[at - 1] ?? "") || text.startsWith("&>", at);
    if (operator === undefined || this.inTest || (redirects && "&|".includes(char))) {
      this.add(char);
      this.at += 1;
      return;
    }
    this.endWord();
    this.operator(operator);
    this.at += operator.length;
  }

  private readDoubleQuoted(opening: number): void {
    const { text } = this;
    this.add("", true);
    this.at += opening;
    while (this.at < text.length && text[this.at] !== '"') {
      const char = text[this.at] ?? "";
      const next = text[this.at + 1] ?? "";
      if (char === "`" || (char === "$" && next !== "'" && next !== '"')) {
        this.readExpansion();
      } else if (char === "\\") {
        if (next !== "\n") this.add('"\\$`'.includes(next) ? next : char + next);
        this.at += 2;
      } else {
        this.add(char);
        this.at += 1;
      }
    }
    this.at += 1;
  }

  private readExpansion(): void {
    const { text, at } = this;
    const opening = /^(?:\$\(|\$\{|`|[<>]\()/.exec(text.slice(at, at + 2))?.[0];
    if (opening === undefined) {
      this.add("$");
      this.at += 1;
      return;
    }
    const end = opening === "`" ? indexOrEnd(text, "`", at + 1) : closingBracket(text, at + 1);
    this.add(text.slice(at, end + 1));
    const inner = text.slice(at + opening.length, end);
    const isText = opening !== "${" && !inner.startsWith("(");
    this.token?.substitutions.push(...(isText ? [inner] : substitutionsIn(inner)));
    this.at = end + 1;
  }

  private readHere(): void {
    const rest = this.text.slice(this.at);
    if (rest.startsWith("<<<")) {
      this.add("<<<");
      this.at += 3;
      this.at += /^[ \t]*/.exec(rest.slice(3))?.[0].length ?? 0;
      return;
    }
    const match = /^<<(-?)[ \t]*(?:(['"])(.*?)\2|(\\?)([^\s;&|<>()]+))/.exec(rest);
    if (match !== null && /^\d*$/.test(this.token?.text ?? "")) this.token = null;
    this.endWord();
    const token = this.add(match?.[0] ?? "<<");
    const delimiter = match?.[3] ?? match?.[5];
    const quoted = match?.[2] !== undefined || (match?.[4] ?? "") !== "";
    if (delimiter !== undefined) this.hereDocuments.push({ token, delimiter, quoted });
    token.input = "";
    this.endWord();
    this.at += match?.[0].length ?? 2;
  }

  private readHereDocuments(): void {
    for (const { token, delimiter, quoted } of this.hereDocuments.splice(0)) {
      const lines = this.text.slice(this.at).split("\n");
      const end = lines.findIndex((line) => line.replace(/^\t*/, "") === delimiter);
      const body = lines.slice(0, end === -1 ? undefined : end).join("\n");
      token.input = body;
      if (!quoted) token.substitutions.push(...substitutionsIn(body));
      this.at +=
        end === -1 ? body.length : body.length + (end === 0 ? 0 : 1) + (lines[end] ?? "").length;
    }
  }

  private add(text: string, quoted = false): ShellToken {
    this.token ??= { kind: "word", text: "", bare: true, substitutions: [], input: null };
    this.token.text += text;
    if (quoted) this.token.bare = false;
    return this.token;
  }

  private endWord(): void {
    const { token } = this;
    this.token = null;
    if (token === null) return;
    if (token.text.startsWith("<<<")) token.input = token.text.slice(3);
    if (token.bare && token.text === "[[") this.inTest = true;
    if (token.bare && token.text === "]]") this.inTest = false;
    this.tokens.push(token);
  }

  private operator(text: string): void {
    const none = { substitutions: [], input: null };
    this.tokens.push({ kind: "operator", text, bare: true, ...none });
  }
}

// Where the bracket at `start` closes; quotes inside hide brackets.
function closingBracket(text: string, start: number): number {
  let open = 0;
  let quoted = false;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at] ?? "";
    if (char === "\\") at += 1;
    else if (char === '"') quoted = !quoted;
    else if (char === "'" && !quoted) at = indexOrEnd(text, "'", at + 1);
    else if (char === "(" || char === "{") open += 1;
    else if (char === ")" || char === "}") open -= 1;
    if (open === 0) return at;
  }
  return text.length;
}

function indexOrEnd(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found === -1 ? text.length : found;
}
