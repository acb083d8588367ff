/** One simple command of a shell text. */
export interface ShellCommand {
  /** Its words without quotes; expansions stand as written. */
  words: string[];
  /** What follows it: `||`, `&&`, `|`, `&`, `;` (line end included) or `)`. */
  followedBy: string;
  /** Whether it stands in no function, condition, loop or substitution. */
  topLevel: boolean;
  /** Function of the text that it stands in. */
  definedIn: string | null;
}

const OPENING = new Set(["if", "while", "until", "for", "case", "{"]);
const CLOSING = new Set(["fi", "done", "esac", "}"]);
const PREFIXES = new Set(["then", "else", "elif", "do", "!", "time"]);
const ASSIGNMENT = /^[\w[\]$]+\+?=/;

/**
 * Splits shell text into its simple commands, those inside `$(…)` included. It knows quotes,
 * comments, here-documents and continued lines; it evaluates nothing.
 */
export function shellCommands(text: string): ShellCommand[] {
  return reachable(new ShellReader(text, false, null).read());
}

// Leaves out functions that nothing names, and what stands behind an unconditional `exit`.
function reachable(commands: ShellCommand[]): ShellCommand[] {
  const end = commands.findIndex(
    ({ words: [name], topLevel }, index) =>
      topLevel &&
      (name === "exit" || name === "exec") &&
      !["||", "&&"].includes(commands[index - 1]?.followedBy ?? ""),
  );
  const executed = end === -1 ? commands : commands.slice(0, end + 1);
  const called = new Set<string | null>([null]);
  for (let size = 0; size < called.size;) {
    size = called.size;
    for (const { words, definedIn } of executed) {
      if (called.has(definedIn)) words.forEach((word) => called.add(word.replace(/^\w+=/, "")));
    }
  }
  return executed.filter(({ definedIn }) => called.has(definedIn));
}

class ShellReader {
  private readonly commands: ShellCommand[] = [];
  private readonly hereDocuments: string[] = [];
  private words: string[] = [];
  private word: string | null = null;
  private depth = 0;
  private functionDepth = 0;
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly nested: boolean,
    private definedIn: string | null,
  ) {}

  read(): ShellCommand[] {
    while (this.at < this.text.length) this.step();
    this.endCommand(";");
    return this.commands;
  }

  private step(): void {
    const rest = this.text.slice(this.at, this.at + 3);
    const [char = ""] = rest;
    if (char === "\\") {
      if (rest[1] !== "\n") this.add(rest[1] ?? "");
      this.at += 2;
    } else if (char === "'") {
      const end = this.indexOf("'", this.at + 1);
      this.add(this.text.slice(this.at + 1, end));
      this.at = end + 1;
    } else if (char === '"') {
      this.readDoubleQuoted();
    } else if (char === "$" || char === "`") {
      this.readExpansion();
    } else if (char === "#" && this.word === null) {
      this.at = this.indexOf("\n", this.at);
    } else if (rest === "<<<") {
      this.add(rest);
      this.at += 3;
    } else if (rest.startsWith("<<")) {
      this.readHereDocument();
    } else {
      this.readPlain(char, rest);
    }
  }

  private readPlain(char: string, rest: string): void {
    if (char === "\n") {
      this.endCommand(";");
      this.at += 1;
      this.skipHereDocuments();
    } else if (rest.startsWith("||") || rest.startsWith("&&") || rest.startsWith(";;")) {
      this.endCommand(rest.slice(0, 2));
      this.at += 2;
    } else if (char === "&" && (rest[1] === ">" || this.text[this.at - 1] === ">")) {
      this.add(char); // `&>file` and `2>&1` are redirections
      this.at += 1;
    } else if (rest.startsWith("()") && this.word !== null && this.words.length === 0) {
      this.definedIn = this.word;
      this.functionDepth = this.depth;
      this.word = null;
      this.at += 2;
    } else if (";|&()".includes(char)) {
      this.endCommand(char);
      this.at += 1;
    } else if (char === " " || char === "\t") {
      this.endWord();
      this.at += 1;
    } else {
      this.add(char);
      this.at += 1;
    }
  }

  private readDoubleQuoted(): void {
    this.add("");
    this.at += 1;
    while (this.at < this.text.length && this.text[this.at] !== '"') {
      const char = this.text[this.at] ?? "";
      if (char === "$" || char === "`") {
        this.readExpansion();
      } else {
        const escaped = char === "\\" ? this.text[this.at + 1] : undefined;
        this.add(
          escaped === undefined ? char : '"\\$`'.includes(escaped) ? escaped : char + escaped,
        );
        this.at += escaped === undefined ? 1 : 2;
      }
    }
    this.at += 1;
  }

  private readExpansion(): void {
    const start = this.at;
    const opening = /^(?:\$\(\(|\$\(|\$\{|`)/.exec(this.text.slice(start))?.[0];
    if (opening === undefined) {
      this.add("$");
      this.at += 1;
      return;
    }
    const end = opening === "`" ? this.indexOf("`", start + 1) : this.closing(start + 1);
    this.add(this.text.slice(start, end + 1));
    this.at = end + 1;
    if (opening === "$(" || opening === "`") {
      const inner = this.text.slice(start + opening.length, end);
      this.commands.push(...new ShellReader(inner, true, this.definedIn).read());
    }
  }

  // Where the bracket at `start` closes; quotes inside hide brackets.
  private closing(start: number): number {
    let open = 0;
    let quoted = false;
    for (let at = start; at < this.text.length; at += 1) {
      const char = this.text[at] ?? "";
      if (char === "\\") at += 1;
      else if (char === '"') quoted = !quoted;
      else if (char === "'" && !quoted) at = this.indexOf("'", at + 1);
      else if (char === "(" || char === "{") open += 1;
      else if (char === ")" || char === "}") open -= 1;
      if (open === 0) return at;
    }
    return this.text.length;
  }

  private readHereDocument(): void {
    this.endWord();
    const match = /^<<-?\s*(['"]?)(\w+)\1/.exec(this.text.slice(this.at));
    if (match?.[2] !== undefined) this.hereDocuments.push(match[2]);
    this.at += match?.[0].length ?? 2;
  }

  private skipHereDocuments(): void {
    for (const delimiter of this.hereDocuments.splice(0)) {
      const end = new RegExp(`^\\t*${delimiter}$`, "m").exec(this.text.slice(this.at));
      this.at = end === null ? this.text.length : this.at + end.index + end[0].length;
    }
  }

  private indexOf(mark: string, from: number): number {
    const found = this.text.indexOf(mark, from);
    return found === -1 ? this.text.length : found;
  }

  private add(text: string): void {
    this.word = (this.word ?? "") + text;
  }

  private endWord(): void {
    if (this.word !== null) this.words.push(this.word);
    this.word = null;
  }

  private endCommand(followedBy: string): void {
    this.endWord();
    const { words } = this;
    this.words = [];
    const definedIn = this.definedIn;
    this.shiftKeywords(words);
    if (words.length === 0) return;
    const topLevel = !this.nested && this.depth === 0;
    this.commands.push({ words, followedBy, topLevel, definedIn });
  }

  private shiftKeywords(words: string[]): void {
    for (;;) {
      const [first = ""] = words;
      if (OPENING.has(first)) {
        this.depth += 1;
        if (first === "for" || first === "case") return;
      } else if (CLOSING.has(first)) {
        this.depth -= 1;
        if (this.depth <= this.functionDepth) this.definedIn = this.nested ? this.definedIn : null;
        words.length = 0;
        return;
      } else if (!PREFIXES.has(first) && !(ASSIGNMENT.test(first) && words.length > 1)) {
        return;
      }
      words.shift();
    }
  }
}
