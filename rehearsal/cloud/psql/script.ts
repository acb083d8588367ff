/** One statement of a script, or a backslash command. */
export interface SqlPart {
  kind: "statement" | "command";
  text: string;
  /** Line of the script that it ends on, which is what psql's messages name. */
  line: number;
}

// What may hold a semicolon or a variable that is none: quoted text, comments, dollar quotes.
const TOKEN =
  /'(?:[^']|'')*'|[eE]'(?:[^'\\]|\\.|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*(?:[^*]|\*(?!\/))*\*\/|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$|::|:(?:'\w+'|"\w+"|\w+)|;|\\[^\n]*|[^'"\-/$:;\\eE]+|[\s\S]/g;

/** Splits a script as psql does, and puts its variables in: `:name`, `:'name'`, `:"name"`. */
export function splitScript(script: string, variables: ReadonlyMap<string, string>): SqlPart[] {
  const parts: SqlPart[] = [];
  let text = "";
  let line = 1;
  const flush = (): void => {
    const isEmpty = text.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, "").trim() === "";
    if (!isEmpty) parts.push({ kind: "statement", text: text.trim(), line });
    text = "";
  };
  for (const [token] of script.matchAll(TOKEN)) {
    if (token.startsWith("\\")) {
      flush();
      parts.push({ kind: "command", text: token.trim(), line });
    } else if (token === ";") flush();
    else text += interpolate(token, variables);
    line += token.split("\n").length - 1;
  }
  flush();
  return parts;
}

function interpolate(token: string, variables: ReadonlyMap<string, string>): string {
  const [, quoted, identifier, plain] = /^:(?:'(\w+)'|"(\w+)"|(\w+))$/.exec(token) ?? [];
  const value = variables.get(quoted ?? identifier ?? plain ?? "");
  if (value === undefined) return token; // psql leaves an unknown variable as it is
  if (quoted !== undefined) return `'${value.replaceAll("'", "''")}'`;
  if (identifier !== undefined) return `"${value.replaceAll('"', '""')}"`;
  return value;
}
