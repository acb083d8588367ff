import { shellTokens, type ShellToken } from "./shellTokens";

/** Commands one after the other. */
export type ShellList = ShellItem[];

/** A command in a list. */
export interface ShellItem {
  unit: SimpleCommand | CompoundCommand | ShellFunction;
  /** Whether a `!` stands before it. */
  negated: boolean;
  /** What follows it: `;` (line end included), `&&`, `||`, `|` or `&`. */
  followedBy: string;
}

/** A program with its arguments, or assignments only. */
export interface SimpleCommand {
  kind: "simple";
  /** Without assignments before a program. */
  words: string[];
  /** Its `$(…)`. */
  substitutions: ShellList[];
  /** Texts that it is given on standard input: here-documents and here-strings. */
  inputs: string[];
}

/** `{ … }`, `( … )`, `if`, a loop or `case`. */
export interface CompoundCommand {
  kind: "group" | "subshell" | "if" | "loop" | "case";
  /** What decides: conditions, or the words of `for` and `case`. */
  tests: ShellList[];
  bodies: ShellList[];
}

/** A function; its commands run where it is called. */
export interface ShellFunction {
  kind: "function";
  name: string;
  body: ShellItem["unit"];
}

const ASSIGNMENT = /^\w+(?:\[[^\]]*\])?\+?=/;
const JOINING = new Set(["&&", "||", "|", "&"]);

/** Reads shell text as a tree. Text that no shell would take is read as far as it can be. */
export function shellTree(text: string): ShellList {
  return new Parser(shellTokens(text)).whole();
}

class Parser {
  private at = 0;

  constructor(private readonly tokens: ShellToken[]) {}

  whole(): ShellList {
    const list: ShellList = [];
    while (this.at < this.tokens.length) {
      list.push(...this.list([]));
      this.at += 1; // a bracket or keyword that closes nothing
    }
    return list;
  }

  private list(ends: string[]): ShellList {
    const items: ShellList = [];
    for (;;) {
      while (this.sees([";"], "operator")) this.at += 1;
      const token = this.tokens[this.at];
      if (token === undefined || this.isEnd(token, ends)) return items;
      const negated = this.prefixes();
      const unit = this.unit();
      items.push({ unit, negated, followedBy: this.joint() });
    }
  }

  private isEnd(token: ShellToken, ends: string[]): boolean {
    if (token.kind === "operator") return [")", ";;", ";&", ";;&"].includes(token.text);
    return token.bare && ends.includes(token.text);
  }

  private prefixes(): boolean {
    let negated = false;
    while (this.sees(["!", "time"], "word")) {
      if (this.sees(["!"], "word")) negated = !negated;
      this.at += 1;
    }
    return negated;
  }

  private joint(): string {
    const token = this.tokens[this.at];
    if (token?.kind !== "operator") return ";";
    if (token.text === ";") this.at += 1;
    const mark = token.text === "|&" ? "|" : token.text;
    if (!JOINING.has(mark)) return ";";
    this.at += 1;
    return mark;
  }

  private unit(): ShellItem["unit"] {
    const token = this.tokens[this.at];
    if (token?.kind === "operator" && token.text === "(") {
      this.at += 1;
      return this.compound("subshell", [], [this.until([], ")")]);
    }
    const next = this.tokens[this.at + 1];
    if (token?.text === "function" && token.bare && next?.kind === "word") {
      this.at += 1;
      return this.function();
    }
    if (token?.kind === "word" && this.isOperator(1, "(") && this.isOperator(2, ")")) {
      return this.function();
    }
    switch (token?.bare === true ? token.text : "") {
      case "{":
        this.at += 1;
        return this.compound("group", [], [this.until(["}"])]);
      case "if":
        return this.conditional();
      case "while":
      case "until":
        this.at += 1;
        return this.compound("loop", [this.until(["do"])], [this.until(["done"])]);
      case "for":
      case "select":
        return this.compound("loop", [this.header("do")], [this.until(["done"])]);
      case "case":
        return this.choice();
      default:
        return this.simple();
    }
  }

  private function(): ShellFunction {
    const name = this.tokens[this.at]?.text ?? "";
    this.at += 1;
    if (this.isOperator(0, "(") && this.isOperator(1, ")")) this.at += 2;
    while (this.sees([";"], "operator")) this.at += 1;
    return { kind: "function", name, body: this.unit() };
  }

  private conditional(): CompoundCommand {
    const tests: ShellList[] = [];
    const bodies: ShellList[] = [];
    for (let word = "if"; word === "if" || word === "elif";) {
      this.at += 1;
      tests.push(this.until(["then"]));
      bodies.push(this.list(["elif", "else", "fi"]));
      word = this.tokens[this.at]?.text ?? "";
    }
    if (this.sees(["else"], "word")) this.at += 1;
    bodies.push(this.until(["fi"]));
    return this.compound("if", tests, bodies);
  }

  private choice(): CompoundCommand {
    const tests = [this.header("in")];
    const bodies: ShellList[] = [];
    while (this.at < this.tokens.length && !this.sees(["esac"], "word")) {
      while (this.at < this.tokens.length && !this.isOperator(0, ")")) {
        if (this.sees(["esac"], "word")) break;
        this.at += 1;
      }
      if (this.sees(["esac"], "word")) break;
      this.at += 1;
      bodies.push(this.list(["esac"]));
      if (!this.sees(["esac"], "word")) this.at += 1;
      while (this.sees([";"], "operator")) this.at += 1;
    }
    this.at += 1;
    return this.compound("case", tests, bodies);
  }

  // The words of `for x in …` and `case … in`, up to the keyword.
  private header(end: string): ShellList {
    const start = this.at;
    while (this.at < this.tokens.length && !this.sees([end], "word")) this.at += 1;
    const words = this.tokens.slice(start, this.at).filter(({ kind }) => kind === "word");
    this.at += 1;
    return [{ unit: simpleCommand(words), negated: false, followedBy: ";" }];
  }

  private until(ends: string[], operator = ""): ShellList {
    const list = this.list(ends);
    if (this.sees(ends, "word") || this.sees([operator], "operator")) this.at += 1;
    return list;
  }

  // What stands behind a compound command redirects it.
  private compound(
    kind: CompoundCommand["kind"],
    tests: ShellList[],
    bodies: ShellList[],
  ): CompoundCommand {
    const { substitutions } = this.simple();
    return { kind, tests: [...substitutions, ...tests], bodies };
  }

  private simple(): SimpleCommand {
    const start = this.at;
    while (this.tokens[this.at]?.kind === "word") this.at += 1;
    // `name(` of an array or a pattern that is not understood must not stop the reader.
    if (this.isOperator(0, "(") && this.at > start) this.at += 1;
    return simpleCommand(this.tokens.slice(start, this.at).filter(({ kind }) => kind === "word"));
  }

  private sees(texts: string[], kind: ShellToken["kind"]): boolean {
    const token = this.tokens[this.at];
    return token?.kind === kind && token.bare && texts.includes(token.text);
  }

  private isOperator(offset: number, text: string): boolean {
    const token = this.tokens[this.at + offset];
    return token?.kind === "operator" && token.text === text;
  }
}

function simpleCommand(tokens: ShellToken[]): SimpleCommand {
  const words = tokens.filter(({ text }) => !/^<<(?!<)/.test(text)).map(({ text }) => text);
  while (words.length > 1 && ASSIGNMENT.test(words[0] ?? "")) words.shift();
  return {
    kind: "simple",
    words,
    substitutions: tokens.flatMap(({ substitutions }) => substitutions.map(shellTree)),
    inputs: tokens.flatMap(({ input }) => input ?? []),
  };
}
