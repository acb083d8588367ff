import { expect, it } from "vitest";
import { hidePasswords, hidePasswordsOf } from "../../../migrate/output/passwordLiterals";

it.each([
  "ALTER ROLE bob PASSWORD 'canary'",
  "ALTER ROLE bob PASSWORD NULL 'canary'",
  "ALTER ROLE bob PASSWORD = 'canary'",
  "ALTER ROLE bob PASSWORD /* new */ 'canary'",
  "ALTER ROLE bob PASSWORD -- new\n E'canary",
])("hides the password of %s", (sql) => {
  expect(hidePasswords(sql, 0).sql).not.toContain("canary");
  expect(hidePasswordsOf(sql, `syntax error at or near "'canary'"`)).not.toContain("canary");
});
