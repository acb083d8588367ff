import { describe, expect, it } from "vitest";
import { splitSql } from "../../../migrate/files/sqlSections";
import { render } from "../../../migrate/diff/render";

const DRAFT = {
  message: "add\n-- Down Migration",
  statements: ["SELECT 1"],
  losses: [],
  isLater: false,
};

describe("render", () => {
  it("writes SQL that splits where it should, whatever the message says", () => {
    const { extension, text } = render({ ...DRAFT, mode: "transaction", down: [] });
    expect(extension).toBe("sql");
    const { up, down } = splitSql(text);
    expect(up.text.trim()).toBe("-- Up Migration\nSELECT 1;");
    expect(down?.text.trim()).toBe("-- Down Migration");
  });

  it("writes a script whose literals are the statements", async () => {
    const sql = "COMMENT ON TABLE a IS '`${x}` \\n'";
    const { extension, text } = render({
      ...{ ...DRAFT, mode: "alone", statements: [sql], down: ["SELECT 2"], isLater: true },
      losses: ["DROP TABLE\n  a"],
    });
    expect(extension).toBe("js");
    expect(text).toContain(
      "// DATA LOSS: DROP TABLE a\n// cloud-run-migrations: accept mixed-no-transaction: ",
    );
    const url = `data:text/javascript,${encodeURIComponent(text)}`;
    const script = (await import(/* @vite-ignore */ url)) as Record<
      string,
      (pgm: { sql(text: string): void; noTransaction(): void }) => void
    >;
    const sent: string[] = [];
    const pgm = { sql: (one: string) => sent.push(one), noTransaction: () => sent.push("alone") };
    script.up?.(pgm);
    script.down?.(pgm);
    expect(sent).toEqual(["alone", sql, "alone", "SELECT 2"]);
  });

  it("writes a script where SQL would be split in the middle", () => {
    const body =
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$\n-- Down Migration\nselect 1$$";
    const { extension, text } = render({
      ...{ ...DRAFT, mode: "transaction", statements: [body], down: ["DROP FUNCTION f()"] },
    });
    expect(extension).toBe("js");
    expect(text).not.toContain("noTransaction");
    expect(text).toContain("  pgm.sql(`CREATE FUNCTION f()");
  });

  it("lets routines name later ones", () => {
    const statements = ["CREATE FUNCTION a() RETURNS int LANGUAGE sql AS 'select b()'", "SELECT 1"];
    const { text } = render({ ...DRAFT, mode: "transaction", statements, down: [] });
    expect(text).toContain("-- Up Migration\nSET LOCAL check_function_bodies = off;\nCREATE");
  });
});
