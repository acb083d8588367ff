const SECRET_WORDS = new Set([
  ..."password passwd passphrase pass secret secrets token tokens".split(" "),
  ..."credential credentials creds apikey privatekey accesskey dsn jwt".split(" "),
]);

// Words that end so are secrets in one word too: PGPASSWORD, NPMTOKEN, but not TOKENIZER.
const SECRET_ENDINGS = /(?:passphrase|secrets?|tokens?|(?:api|access|private|signing)_?key)(?:_|$)/;

// Names that mean a secret only as a pair: API_KEY, but not KEY; DATABASE_URL, but not URL; MYSQL_PWD,
// but not PWD, which is the working directory.
const SECRET_PAIRS = [
  /(?:^|_)(?:api|private|access|secret|signing|encryption|service|auth|ssh|deploy|license)_?keys?(?:_|$)/,
  /(?:^|_)(?:database|db|postgres|postgresql|redis|mongo|mongodb|amqp|broker)_(?:url|uri)(?:_|$)/,
  /(?:^|_)connection_string(?:_|$)/,
  /[a-z0-9]_pwd(?:_|$)/,
];

/** Whether a variable of this name usually holds a secret: `DB_PASSWORD`, `npmToken`, `API_KEY`. */
export function looksSecret(name: string): boolean {
  const snake = name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .toLowerCase();
  return (
    snake.split("_").some((word) => SECRET_WORDS.has(word)) ||
    /passw(?:or)?d|passphrase|credential/.test(snake) ||
    SECRET_ENDINGS.test(snake) ||
    SECRET_PAIRS.some((pair) => pair.test(snake))
  );
}

/**
 * Whether a value carries a password in the open: `postgres://user:password@host`. Nothing that may
 * be long stands before `://`, so a long value is read once.
 */
export function carriesPassword(value: string): boolean {
  return /[a-z0-9+.-]:\/\/[^\s/@:]*:[^\s/@]+@/i.test(value);
}
