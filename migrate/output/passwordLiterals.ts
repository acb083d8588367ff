// Of CREATE ROLE, ALTER USER and their like, right and wrong ones; an unterminated literal goes to the end.
const LITERAL =
  /(\bPASSWORD(?:\s|=|\bNULL\b|\/\*[\s\S]*?\*\/|--[^\n]*\n)*)((?:[eE]|[uU]&)?'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)|\$(\w*)\$[\s\S]*?(?:\$\3\$|$))/gi;

/** A statement without the passwords written in it, and where `offset` of it has gone. */
export function hidePasswords(sql: string, offset: number): { sql: string; offset: number } {
  let moved = offset;
  const hidden = sql.replace(
    LITERAL,
    (match: string, keyword: string, literal: string, ...rest) => {
      const start = Number(rest.find((item) => typeof item === "number")) + keyword.length;
      // Lines keep their numbers.
      const replacement = `'[secret]'${"\n".repeat(literal.split("\n").length - 1)}`;
      if (offset >= start + literal.length) moved += replacement.length - literal.length;
      else if (offset > start) moved += start - offset;
      return keyword + replacement;
    },
  );
  return { sql: hidden, offset: moved };
}

/** A server's message without the passwords of the statement that it is about. */
export function hidePasswordsOf(sql: string, message: string): string {
  const literals = [...sql.matchAll(LITERAL)].map(([, , literal = ""]) => literal);
  // The server quotes a literal as it stands, or what is in it.
  const texts = literals.flatMap((literal) => [
    literal,
    literal.replace(/^[^'$]*(?:'|\$\w*\$)|(?:'|\$\w*\$)$/g, ""),
  ]);
  return texts
    .filter((text) => text.length >= 4)
    .reduce((result, text) => result.replaceAll(text, "[secret]"), message);
}
