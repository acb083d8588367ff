/** The command line of psql. */
export interface PsqlOptions {
  commands: { kind: "sql" | "file"; text: string }[];
  variables: Map<string, string>;
  host: string | null;
  port: string | null;
  user: string | null;
  database: string | null;
  isQuiet: boolean;
  isUnaligned: boolean;
  isTuplesOnly: boolean;
  isSingleTransaction: boolean;
  separator: string;
}

const LONG: Record<string, string> = {
  command: "c",
  file: "f",
  set: "v",
  variable: "v",
  host: "h",
  port: "p",
  username: "U",
  dbname: "d",
  "field-separator": "F",
  quiet: "q",
  "no-align": "A",
  "tuples-only": "t",
  "no-psqlrc": "X",
  "single-transaction": "1",
  "no-password": "w",
};

const WITH_VALUE = "cfvhpUdF";

/** Reads the options; throws in psql's words for one that it does not have. */
export function parsePsql(args: readonly string[]): PsqlOptions {
  const options: PsqlOptions = {
    commands: [],
    variables: new Map(),
    host: null,
    port: null,
    user: null,
    database: null,
    isQuiet: false,
    isUnaligned: false,
    isTuplesOnly: false,
    isSingleTransaction: false,
    separator: "|",
  };
  const positionals: string[] = [];
  const queue = [...args];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === "--") positionals.push(...queue.splice(0));
    else if (word.startsWith("--")) readLong(word, queue, options);
    else if (word.startsWith("-") && word.length > 1) readShort(word, queue, options);
    else positionals.push(word);
  }
  options.database ??= positionals[0] ?? null;
  options.user ??= positionals[1] ?? null;
  return options;
}

function readLong(word: string, queue: string[], options: PsqlOptions): void {
  const [, name = "", , given] = /^--([\w-]+)(=(.*))?$/s.exec(word) ?? [];
  const letter = LONG[name];
  if (letter === undefined) throw new Error(`unrecognized option '${word}'`);
  apply(letter, WITH_VALUE.includes(letter) ? (given ?? take(word, queue)) : "", options);
}

/** `-XAt`, `-vON_ERROR_STOP=1`, `-c "…"` */
function readShort(word: string, queue: string[], options: PsqlOptions): void {
  for (let at = 1; at < word.length; at++) {
    const letter = word.charAt(at);
    if (!Object.values(LONG).includes(letter)) throw new Error(`invalid option -- '${letter}'`);
    if (!WITH_VALUE.includes(letter)) apply(letter, "", options);
    else {
      const rest = word.slice(at + 1);
      apply(letter, rest === "" ? take(`-${letter}`, queue) : rest, options);
      return;
    }
  }
}

function take(option: string, queue: string[]): string {
  const value = queue.shift();
  if (value === undefined) throw new Error(`option requires an argument -- '${option}'`);
  return value;
}

function apply(letter: string, value: string, options: PsqlOptions): void {
  if (letter === "c") options.commands.push({ kind: "sql", text: value });
  else if (letter === "f") options.commands.push({ kind: "file", text: value });
  else if (letter === "v") {
    const at = value.indexOf("=");
    if (at < 0) options.variables.delete(value);
    else options.variables.set(value.slice(0, at), value.slice(at + 1));
  } else if (letter === "h") options.host = value;
  else if (letter === "p") options.port = value;
  else if (letter === "U") options.user = value;
  else if (letter === "d") options.database = value;
  else if (letter === "F") options.separator = value;
  else if (letter === "q") options.isQuiet = true;
  else if (letter === "A") options.isUnaligned = true;
  else if (letter === "t") options.isTuplesOnly = true;
  else if (letter === "1") options.isSingleTransaction = true;
}
