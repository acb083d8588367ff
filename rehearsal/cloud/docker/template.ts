/**
 * Go templates as `docker inspect --format` uses them: `{{.A.B}}`, `{{index .A 0}}`, `{{json .A}}`,
 * `{{println .}}` and `{{range .A}}…{{end}}`.
 */
export function renderTemplate(template: string, value: unknown): string {
  const parts = template.split(/(\{\{-?.*?-?\}\})/s);
  const [text, rest] = renderParts(parts, value);
  if (rest.length > 0) throw new Error(`template: ${template}: unexpected {{end}}`);
  return text;
}

/** Renders up to the `{{end}}` of this block; gives back what follows it. */
function renderParts(parts: readonly string[], value: unknown): [string, string[]] {
  let text = "";
  const queue = [...parts];
  for (let part = queue.shift(); part !== undefined; part = queue.shift()) {
    const action = /^\{\{-?\s*(.*?)\s*-?\}\}$/s.exec(part)?.[1];
    if (action === undefined) text += part;
    else if (action === "end") return [text, queue];
    else if (action.startsWith("range ")) {
      const items = evaluate(action.slice("range ".length).trim(), value);
      const body = [...queue];
      let after = renderParts(body, null)[1];
      for (const item of Array.isArray(items) ? (items as unknown[]) : []) {
        const [rendered, left] = renderParts(body, item);
        text += rendered;
        after = left;
      }
      queue.splice(0, queue.length, ...after);
    } else text += show(evaluate(action, value));
  }
  return [text, []];
}

function evaluate(expression: string, value: unknown): unknown {
  const [, name = "", argument = ""] =
    /^(json|println|print|index|len)\s+(.*)$/s.exec(expression) ?? [];
  switch (name) {
    case "json":
      return JSON.stringify(evaluate(argument, value));
    case "println":
      return `${show(evaluate(argument, value))}\n`;
    case "print":
      return show(evaluate(argument, value));
    case "len": {
      const list = evaluate(argument, value);
      return Array.isArray(list) ? list.length : 0;
    }
    case "index": {
      const [path = "", ...keys] = argument.split(/\s+/);
      return keys.map((key) => key.replace(/^"(.*)"$/, "$1")).reduce(member, evaluate(path, value));
    }
    default:
      return path(expression, value);
  }
}

function path(expression: string, value: unknown): unknown {
  if (expression === ".") return value;
  if (!/^(\.\w+)+$/.test(expression)) {
    throw new Error(`template: function or action not known here: {{${expression}}}`);
  }
  return value === null ? null : expression.slice(1).split(".").reduce(member, value);
}

function member(value: unknown, key: string): unknown {
  if (Array.isArray(value)) {
    const items = value as unknown[];
    if (Number(key) < items.length) return items[Number(key)];
    throw new Error(`template: error calling index: reflect: slice index out of range`);
  }
  return value !== null && typeof value === "object"
    ? (value as Record<string, unknown>)[key]
    : null;
}

function show(value: unknown): string {
  if (value === null || value === undefined) return "<no value>";
  if (Array.isArray(value)) return `[${value.map(show).join(" ")}]`;
  return typeof value === "string" ? value : JSON.stringify(value);
}
