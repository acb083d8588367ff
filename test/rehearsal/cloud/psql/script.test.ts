import { describe, expect, it } from "vitest";
import { splitScript } from "../../../../rehearsal/cloud/psql/script";

function statements(script: string, variables: Record<string, string> = {}): string[] {
  return splitScript(script, new Map(Object.entries(variables))).map(({ text }) => text);
}

describe("splitScript", () => {
  it("splits at semicolons outside of quotes, comments and dollar quotes", () => {
    expect(
      statements(
        `SELECT ';', "a;b", E'it\\';s' -- no; end\n; /* a; */ DO $$ BEGIN a; END $$; DO $x$ ; $$ ; $x$`,
      ),
    ).toEqual([
      `SELECT ';', "a;b", E'it\\';s' -- no; end`,
      "/* a; */ DO $$ BEGIN a; END $$",
      "DO $x$ ; $$ ; $x$",
    ]);
  });

  it("leaves out what is only a comment", () => {
    expect(statements("-- nothing\n;;/* x */;")).toEqual([]);
  });

  it("puts variables in, outside of quotes only", () => {
    const variables = { role: 'ap"p', text: "it's" };
    expect(
      statements(`SET ROLE :"role"; SELECT :'text', ':text', a::text, :unknown, :role`, variables),
    ).toEqual([`SET ROLE "ap""p"`, `SELECT 'it''s', ':text', a::text, :unknown, ap"p`]);
  });

  it("counts lines and finds backslash commands", () => {
    expect(splitScript("SELECT 1;\n\n  SELECT 2\n;\n\\echo x\nSELECT 3", new Map())).toEqual([
      { kind: "statement", text: "SELECT 1", line: 1 },
      { kind: "statement", text: "SELECT 2", line: 4 },
      { kind: "command", text: "\\echo x", line: 5 },
      { kind: "statement", text: "SELECT 3", line: 6 },
    ]);
  });
});
