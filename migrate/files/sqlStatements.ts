/** A statement, without comments and with literals emptied, and where it begins. */
export interface SqlStatement {
  /** Upper case, white space folded: for looking at its first words. */
  shape: string;
  /** Offset of its first character. */
  start: number;
}

const CONTROL =
  /^(BEGIN|START TRANSACTION|COMMIT|END|ROLLBACK(?! (WORK |TRANSACTION )?TO\b)|ABORT|PREPARE TRANSACTION)\b/;

/** Whether a statement ends or begins a transaction; one back to a savepoint does not. */
export function isTransactionControl(shape: string): boolean {
  return CONTROL.test(shape);
}

/** What is said of such a statement, and what to do about it. */
export const TRANSACTION_CONTROL = {
  message: "ends or begins a transaction; a failure later on could not be rolled back",
  remedy:
    "take it out, for the tool commits; what cannot run in one transaction is a script that calls pgm.noTransaction()",
} as const;

// In this order: whatever begins first wins, and what is inside it is not looked at. A block comment
// is matched up to its first end; nested ones, which nobody writes in a migration, end early.
const TOKEN = new RegExp(
  [
    "(?<comment>--[^\\n]*|/\\*[\\s\\S]*?(?:\\*/|$))",
    "(?<dollar>\\$(?<tag>[A-Za-z_\\u0080-\\uffff][\\w\\u0080-\\uffff]*)?\\$[\\s\\S]*?(?:\\$\\k<tag>\\$|$))",
    "(?<escape>\\b[eE]'(?:[^'\\\\]|\\\\[\\s\\S]|'')*(?:'|$))",
    "(?<string>'(?:[^']|'')*(?:'|$))",
    '(?<name>"(?:[^"]|"")*(?:"|$))',
    "(?<end>;)",
    "(?<space>\\s+)",
    // A `$` within a word begins no dollar quote.
    "(?<word>[A-Za-z_\\u0080-\\uffff][\\w$\\u0080-\\uffff]*|[\\s\\S])",
  ].join("|"),
  "g",
);

/** The statements of a script: enough to see what kind each is, not a parser. */
export function listStatements(sql: string): SqlStatement[] {
  const statements: SqlStatement[] = [];
  let shape = "";
  let start = -1;
  const finish = (): void => {
    if (start >= 0) statements.push({ shape: shape.trim(), start });
    shape = "";
    start = -1;
  };
  for (const match of sql.matchAll(TOKEN)) {
    const { comment, end, space, word } = match.groups ?? {};
    if (end !== undefined) finish();
    else if (comment !== undefined || space !== undefined) shape += shape === "" ? "" : " ";
    else {
      if (start < 0) start = match.index;
      shape += word?.toUpperCase() ?? "'";
    }
  }
  finish();
  // A SQL-standard routine body (`BEGIN ATOMIC … END`) has semicolons inside.
  return joinAtomicBodies(statements).map((statement) => ({
    ...statement,
    shape: statement.shape.replace(/\s+/g, " "),
  }));
}

function joinAtomicBodies(statements: SqlStatement[]): SqlStatement[] {
  const joined: SqlStatement[] = [];
  let open = false;
  for (const statement of statements) {
    if (!open) joined.push(statement);
    if (/\bBEGIN ATOMIC\b/.test(statement.shape)) open = true;
    if (open && /^END\b/.test(statement.shape)) open = false;
  }
  return joined;
}
