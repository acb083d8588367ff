import { OPEN } from "./open";
import { type Proof, type Snippet, type Trial, isProof, labelOf } from "./snippet";

/** What was found in a snippet: by `check`, and by squawk alone. */
export interface Found {
  rules: readonly string[];
  advice: readonly string[];
  squawk: readonly string[];
}

type Topics = Readonly<Record<string, readonly Snippet[]>>;
type FoundOf = (snippet: Snippet) => Found;

/**
 * Squawk's rules that no answer is counted for, neither for it nor against it: the two timeouts, which the tool
 * sets for every file, and what `check` says as advice too.
 */
const UNCOUNTED = new Set([
  ...["require-lock-timeout", "require-statement-timeout", "prefer-robust-stmts"],
  ...["prefer-text-field", "prefer-identity", "prefer-timestamp-tz"],
  ...["prefer-bigint-over-int", "prefer-bigint-over-smallint"],
]);

export function renderPage(topics: Topics, foundOf: FoundOf): string {
  const snippets = Object.values(topics).flat();
  const tables = Object.entries(topics).map(([topic, own]) => renderTopic(topic, own, foundOf));
  return [INTRO, renderTotals(snippets, foundOf), READING, ...tables].join("\n");
}

const INTRO = `# The lint

<!-- Written by \`npm run docs\` from test/migrate/corpus. -->

\`cloud-run-migrations check\` reads what each migration does when it goes up: the statements of a \`.sql\` file, and those that
node-pg-migrate renders from a script. It finds what would break the revision that still serves, lose rows, keep its readers
and writers waiting, or fail. It knows the files before: what a table has, and which release has made it. With \`--base REF\`
all that a branch adds is one release, and what that makes is nobody's yet: it may be locked, filled and dropped.

An error or a warning makes the exit code 2; advice does not. \`cloud-run-migrations explain RULE\` says why and what to write instead.
What is right all the same is accepted by a comment with the reason, right above the statement, or at the top of the file
for all of it (\`//\` in a script, where a statement has no line of its own, so always at the top):

\`\`\`sql
-- cloud-run-migrations: accept ban-drop-table: no revision uses it since 2026-03
DROP TABLE vouchers;
\`\`\`

Below is every migration that the lint is tested with. What each of them does was not written down from a manual: a test runs it on
PostgreSQL 18, on tables of 100,000 rows, and looks at \`pg_locks\`, at the tables' files, at what was read and written, and at what
the queries of the revision that still serves answer before and after. That must be what stands here, and what \`plan\` foretells of locks.
`;

function renderTotals(snippets: readonly Snippet[], foundOf: FoundOf): string {
  const unsafe = snippets.filter((snippet) => labelOf(snippet) === "unsafe");
  const safe = snippets.filter((snippet) => labelOf(snippet) === "safe");
  const counted = (snippet: Snippet): boolean =>
    foundOf(snippet).squawk.some((rule) => !UNCOUNTED.has(rule));
  const isFound = (snippet: Snippet): boolean =>
    snippet.finds.every((rule) => foundOf(snippet).rules.includes(rule));
  const isFlagged = (snippet: Snippet): boolean => foundOf(snippet).rules.length > 0;
  const isSql = ({ file }: Snippet): boolean => file.extension === ".sql";
  const rows: [string, (snippet: Snippet) => boolean, (snippet: Snippet) => boolean][] = [
    ["`check`", isFound, isFlagged],
    ["squawk alone", counted, counted],
    ["squawk alone, `.sql` only", counted, counted],
  ];
  const lines = rows.map(([who, finds, flags], index) => {
    const among = (all: readonly Snippet[]): Snippet[] =>
      index === 2 ? all.filter(isSql) : [...all];
    const [bad, good] = [among(unsafe), among(safe)];
    return `| ${who} | ${bad.filter(finds).length} of ${bad.length} | ${good.filter(flags).length} of ${good.length} |`;
  });
  const scripts = snippets.filter((snippet) => !isSql(snippet)).length;
  return `## In numbers

${snippets.length} migrations, ${scripts} of them scripts: ${unsafe.length} unsafe, ${safe.length} safe,
${snippets.length - unsafe.length - safe.length} with advice only. Of each unsafe one the nearest safe one is named.

| | unsafe ones found | safe ones flagged |
| --- | --- | --- |
${lines.join("\n")}

squawk alone is squawk 2.61 with its default rules and \`--assume-in-transaction\`, on the same files. It reads SQL, so of a
script it sees nothing. Not counted, neither for it nor against it: its two rules about timeouts, which it names in every file and
which the tool sets itself, and its advice (${[...UNCOUNTED]
    .filter((rule) => rule.startsWith("prefer"))
    .map((rule) => `\`${rule}\``)
    .join(", ")}).
\`check\` runs squawk too, for what a single statement tells, and gives it what scripts render to.
${renderOpen()}`;
}

function renderOpen(): string {
  const lines = Object.entries(OPEN).map(([id, { misses = [], flags = [] }]) => {
    const parts = [
      ...(misses.length > 0 ? [`misses ${code(misses)}`] : []),
      ...(flags.length > 0 ? [`flags ${code(flags)}`] : []),
    ];
    return `- \`${id}\`: ${parts.join("; ")}`;
  });
  return lines.length === 0 ? "" : `\nStill wrong:\n\n${lines.join("\n")}\n`;
}

const READING = `## How to read the tables

*What is seen* is the strongest lock on each table that was there, from SHARE UPDATE EXCLUSIVE on; what is written anew or read whole;
who waits meanwhile; and what then fails. A lock that nothing is read or written under is held for a moment: the tool waits at most 5 s
for it and tries again. *→* names the nearest safe one.
`;

function renderTopic(topic: string, snippets: readonly Snippet[], foundOf: FoundOf): string {
  const rows = snippets.map((snippet) => {
    const { rules, advice, squawk } = foundOf(snippet);
    const wanted = advice.filter((rule) => snippet.advises?.includes(rule));
    const found = [
      ...rules.map((rule) => `\`${rule}\``),
      ...wanted.map((rule) => `advice: \`${rule}\``),
    ];
    const isScript = snippet.file.extension !== ".sql";
    const alone = isScript
      ? "reads no script"
      : code(squawk.filter((rule) => !/timeout$/.test(rule)));
    const cells = [
      `\`${snippet.id}\`${snippet.instead === undefined ? "" : `<br>→ \`${snippet.instead}\``}`,
      snippet.file.extension.slice(1).toUpperCase(),
      snippet.does,
      labelOf(snippet),
      describeProof(snippet),
      found.join(", ") || "–",
      alone || "–",
    ];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  });
  const heading = "| migration | | what it does | label | what is seen | `check` | squawk alone |";
  return `## ${topic}\n\n${heading}\n| --- | --- | --- | --- | --- | --- | --- |\n${rows.join("\n")}\n`;
}

function code(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}

function describeProof({ proof }: Snippet): string {
  if (!isProof(proof)) return `not shown: ${proof.because}`;
  const { locks = {}, rewrites = [], reads = [], writes = [], holdsUp = {}, fails, again } = proof;
  const { breaks = {}, endsTransaction, trial } = proof;
  // What is written anew is read for it.
  const onlyRead = reads.filter((table) => ![...rewrites, ...writes].includes(table));
  const parts = [
    ...Object.entries(locks).map(([table, mode]) => `${mode} on ${table}`),
    ...(rewrites.length > 0 ? [`writes ${rewrites.join(", ")} anew`] : []),
    ...(onlyRead.length > 0 ? [`reads all of ${onlyRead.join(", ")}`] : []),
    ...(writes.length > 0 ? [`changes more than 10,000 rows of ${writes.join(", ")}`] : []),
    ...Object.entries(holdsUp).map(([table, who]) => `${who} of ${table} wait meanwhile`),
    ...(fails === undefined ? [] : [`fails with ${fails}`]),
    ...(endsTransaction === undefined ? [] : ["what it did stays when a later file fails"]),
    ...(again === undefined
      ? []
      : [`run again after its last step has failed, it fails with ${again}`]),
    ...(Object.keys(breaks).length > 0 ? [describeBreaks(breaks)] : []),
    ...(trial === undefined ? [] : [describeTrial(trial)]),
  ];
  return parts.join("; ") || "no lock on what was there";
}

function describeBreaks(breaks: NonNullable<Proof["breaks"]>): string {
  const all = Object.entries(breaks).map(([query, answer]) => {
    const isFailure = /^[0-9A-Z]{5}$/.test(answer);
    const isSlow = answer.endsWith("whole");
    return `“${query}” ${isFailure ? `fails with ${answer}` : isSlow ? "reads a table whole" : `answers ${answer}`}`;
  });
  const shown = all.slice(0, 3);
  const more = all.length - shown.length;
  return `then ${shown.join(", ")}${more > 0 ? `, and ${more} more queries differ` : ""}`;
}

function describeTrial(trial: Trial): string {
  switch (trial.kind) {
    case "query":
      return `then \`${trial.sql}\` gives ${trial.gives}`;
    case "transaction":
      return `beside a transaction of the service that uses the tables in the other order: ${trial.gives}`;
    case "cancel": {
      const isFailure = /^[0-9A-Z]{5}$/.test(trial.gives);
      return `cancelled and run again, it ${isFailure ? `fails with ${trial.gives}` : `leaves ${trial.gives}`}`;
    }
  }
}
