import { get } from "./format";

type Predicate = (record: unknown) => boolean;

/**
 * Reads `--filter`: `key=value`, `!=`, `<`, `<=`, `>`, `>=`, `:`, with AND, OR, NOT and parentheses.
 *
 * @see https://cloud.google.com/sdk/gcloud/reference/topic/filters
 */
export function parseFilter(text: string): Predicate {
  const tokens = tokenise(text);
  const predicate = readOr(tokens);
  const rest = tokens.shift();
  if (rest !== undefined) throw new Error(`Invalid filter [${text}]: unexpected [${rest}].`);
  return predicate;
}

const OPERATOR = /^(!=|<=|>=|=|<|>|:)/;

function tokenise(text: string): string[] {
  const tokens: string[] = [];
  let rest = text.trim();
  while (rest !== "") {
    const token = /^("(?:\\.|[^"\\])*"|'[^']*'|!=|<=|>=|[=<>:()]|[^\s=<>:()!"']+)/.exec(rest)?.[0];
    if (token === undefined) throw new Error(`Invalid filter [${text}].`);
    tokens.push(token);
    rest = rest.slice(token.length).trimStart();
  }
  return tokens;
}

function readOr(tokens: string[]): Predicate {
  const parts = [readAnd(tokens)];
  while (tokens[0] === "OR") {
    tokens.shift();
    parts.push(readAnd(tokens));
  }
  return (record) => parts.some((part) => part(record));
}

function readAnd(tokens: string[]): Predicate {
  const parts = [readTerm(tokens)];
  while (tokens[0] !== undefined && tokens[0] !== "OR" && tokens[0] !== ")") {
    if (tokens[0] === "AND") tokens.shift();
    parts.push(readTerm(tokens));
  }
  return (record) => parts.every((part) => part(record));
}

function readTerm(tokens: string[]): Predicate {
  const first = tokens.shift();
  if (first === undefined) throw new Error("Invalid filter: term expected.");
  if (first.startsWith("-") && first.length > 1) tokens.unshift(first.slice(1));
  if (first === "NOT" || first.startsWith("-")) {
    const inner = readTerm(tokens);
    return (record) => !inner(record);
  }
  if (first === "(") {
    const inner = readOr(tokens);
    if (tokens.shift() !== ")") throw new Error("Invalid filter: expected [)].");
    return inner;
  }
  const operator = tokens.shift();
  const operand = tokens.shift();
  if (operator === undefined || !OPERATOR.test(operator) || operand === undefined) {
    throw new Error(`Invalid filter: expected an operator and a value after [${first}].`);
  }
  const wanted = operand.replace(/^(["'])(.*)\1$/s, "$2").replace(/\\(.)/g, "$1");
  return (record) => compare(get(record, first), operator, wanted);
}

/** A list fits when one of its items does. */
function compare(value: unknown, operator: string, wanted: string): boolean {
  if (operator === "!=") return !compare(value, "=", wanted);
  if (Array.isArray(value)) return value.some((item) => compare(item, operator, wanted));
  if (value === null || value === undefined) return false;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  switch (operator) {
    case "=":
      return text === wanted;
    case ":":
      return text.toLowerCase().includes(wanted.toLowerCase());
    default:
      return inOrder(text, operator, wanted);
  }
}

function inOrder(text: string, operator: string, wanted: string): boolean {
  // The server compares times that gcloud has cut to milliseconds.
  const isTime = /^\d{4}-\d\d-\d\dT/.test(wanted);
  const cut = (time: string): string => time.replace(/(\.\d{3})\d*/, "$1");
  const [a, b] = isTime ? [cut(text), cut(wanted)] : [text, wanted];
  const order = a < b ? -1 : a > b ? 1 : 0;
  if (operator === "<") return order < 0;
  if (operator === "<=") return order <= 0;
  return operator === ">" ? order > 0 : order >= 0;
}
