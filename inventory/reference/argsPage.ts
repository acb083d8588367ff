import { VERBS } from "./change";
import { readArguments, type Argument, type ArgumentGroup } from "./model";

/** Text of `docs/args.md`. */
export function renderArgsPage(groups: readonly ArgumentGroup[] = readArguments()): string {
  return [
    "# Arguments of `MigratedService`",
    "",
    "<!-- Written by `npm run docs` from the doc comments in components/args. -->",
    "",
    "`Input<…>` may be an output of another resource; everything else must be known when the program",
    "runs. Every argument is checked before anything is made: see [errors](errors.md).",
    "",
    "The last column says what changing an argument does to an environment that is there already:",
    "",
    ...Object.entries(VERBS).map(([verb, meaning]) => `- **${verb}**: ${meaning}`),
    "- **none**: nothing in Google Cloud changes",
    "",
    "An update of the service or of workers makes a new revision of the image that was released last; an",
    "update of the trigger holds from the next release on. With `database.deletionProtection` Pulumi",
    "refuses to replace or delete anything but secret versions.",
    "",
    ...contents(groups),
    ...groups.flatMap(section),
  ].join("\n");
}

function contents(groups: readonly ArgumentGroup[]): string[] {
  const links = groups.map((group) => `[${title(group)}](#${anchor(group.path)})`);
  return [`Groups: ${links.join(", ")}`, ""];
}

function section(group: ArgumentGroup): string[] {
  return [
    `## <a id="${anchor(group.path)}"></a>${title(group)}`,
    "",
    group.text,
    "",
    "| Argument | Type | Default | What a change does |",
    "|---|---|---|---|",
    ...group.arguments.map(row),
    "",
  ];
}

function row(argument: Argument): string {
  const { path, text, links, type, change = "" } = argument;
  const pages = links.map((link) => ` [Google's page](${link})`).join("");
  // A group's own heading has its anchor.
  const target = argument.group === path ? "" : `<a id="${anchor(path)}"></a>`;
  const name = `${target}**\`${path}\`**`;
  const cells = [
    `${name}<br>${text}${pages}`,
    typeCell(argument, type),
    defaultCell(argument),
    change,
  ];
  return `| ${cells.map(cell).join(" | ")} |`;
}

/** A cell is one line, and a bar would end it. */
function cell(text: string): string {
  return text.replaceAll("\n\n", "<br>").replaceAll("|", "\\|");
}

function typeCell({ group }: Argument, type: string): string {
  if (group === undefined) return type.split(" or ").map(code).join(" or ");
  const target = `[${code(group)}](#${anchor(group)})`;
  return group.endsWith(".*") ? `by name: ${target}` : `group: ${target}`;
}

function defaultCell(argument: Argument): string {
  if (argument.required) return "**required**";
  const text = argument.default ?? "";
  if (text.startsWith("- ")) return text.slice(2);
  // A value comes first; what follows says when it is the default.
  const [, value = text, rest = ""] = /^("[^"]*"|\S+?)(,? .*)?$/.exec(text) ?? [];
  return `${code(value)}${rest}`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function title({ path, interfaceName }: ArgumentGroup): string {
  return path === "" ? interfaceName : `\`${path}\``;
}

/** Stable, because errors and other pages link to it: `database-backups-enabled`. */
function anchor(path: string): string {
  return path === "" ? "args" : path.replaceAll(".*", "-each").replaceAll(".", "-").toLowerCase();
}
