export const INTRO = `# The lint

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

export const READING = `## How to read the tables

*What is seen* is the strongest lock on each table that was there, from SHARE UPDATE EXCLUSIVE on; what is written anew or read whole;
who waits meanwhile; and what then fails. A lock that nothing is read or written under is held for a moment: the tool waits at most 5 s
for it and tries again. *→* names the nearest safe one.
`;
