import { expect, it } from "vitest";
import { locate, splitSql, toOffset } from "../../../migrate/files/sqlSections";
import { listStatements } from "../../../migrate/files/sqlStatements";

it.each([
  ["select 1; select 2", ["SELECT 1", "SELECT 2"]],
  ["-- a; b\n/* ; */ ;;\n select 1 -- end", ["SELECT 1"]],
  ["select ';', \"a;b\", E'\\';', $$;$$, $a$;$$;$a$;x", ["SELECT ', ', ', ', '", "X"]],
  ["select a$b; select $1", ["SELECT A$B", "SELECT $1"]],
  [
    "create function f() begin atomic select 1; select 2; end; select 3",
    ["CREATE FUNCTION F() BEGIN ATOMIC SELECT 1", "SELECT 3"],
  ],
  ["", []],
])("listStatements sees the statements of %j", (sql, shapes) => {
  expect(listStatements(sql).map(({ shape }) => shape)).toEqual(shapes);
});

it("listStatements gives where each begins", () => {
  const sql = "-- one\n  SELECT 1;\n\n  SELECT 2;";
  expect(listStatements(sql).map(({ start }) => locate(sql, start))).toEqual([
    { line: 2, column: 3 },
    { line: 4, column: 3 },
  ]);
});

it("splitSql takes everything as up without a heading", () => {
  const text = "CREATE TABLE a ();\n-- Down Migration\nDROP TABLE a;\n";
  const { up, down, hasUpHeading } = splitSql(text);
  expect([up.text, hasUpHeading]).toEqual([text, false]);
  expect(text.slice(down?.start)).toBe(down?.text);
});

it("toOffset counts characters, as PostgreSQL does", () => {
  expect(toOffset("a𝄞b", 3)).toBe(3);
  expect(toOffset("abc", 1)).toBe(0);
});
