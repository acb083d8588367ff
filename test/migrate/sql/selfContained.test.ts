import { describe, expect, it } from "vitest";
import { findOutside } from "../../../migrate/sql/selfContained";

describe("findOutside", () => {
  it.each([
    "exports.up = (pgm) => { pgm.createTable('process', { fetch: 'text', date: 'date' }); };",
    "// fetch()\n/* import process */\nmodule.exports = { up(pgm) { pgm.sql('SELECT 1 / 2 -- eval'); } };",
    "import type { MigrationBuilder } from 'node-pg-migrate';\nexport async function up(pgm: MigrationBuilder): Promise<void> { pgm.sql(`A ${[1].map((n) => `${n}`).join()}`); }",
    'import { MigrationBuilder, type ColumnDefinitions } from "node-pg-migrate";\nexport const up = (pgm: MigrationBuilder) => { const t = { ...{ a: 1 } }; pgm.dropTable(t?.a); };',
  ])("finds nothing in %s", (text) => {
    expect(findOutside(text)).toBeNull();
  });

  it.each([
    ["const { Client } = require('pg');", "it mentions require"],
    ["import { Client } from 'pg';", "it mentions import"],
    ["import { runner } from 'node-pg-migrate';", "it mentions import"],
    ["import 'node-pg-migrate';", "it mentions import"],
    ["import 'x'; import type { a } from 'node-pg-migrate';", "it mentions import"],
    ["exports.up = async () => { await import('pg'); };", "it mentions import"],
    ["exports.up = () => fetch('http://x');", "it mentions fetch"],
    ["exports.up = () => `${fetch('x')}`;", "it mentions fetch"],
    ["exports.up = () => `${`${{}} ${fetch}`}`;", "it mentions fetch"],
    ["exports.up = () => { if (process.env.A) return; };", "it mentions process"],
    ["exports.up = () => globalThis['pro' + 'cess'];", "it mentions globalThis"],
    ["exports.up = function () { this.x(); };", "it mentions this"],
    ["exports.up = () => module.require('pg');", "it mentions module"],
    ["exports.up = (pgm, done) => { setTimeout(done, 10); };", "it mentions setTimeout"],
    ["exports.up = () => [].map.constructor('x')();", "it mentions constructor"],
    ["exports.up = () => [].map['constructor']('x')();", "it hides a name"],
    ["exports.up = () => [].map['\\x63onstructor']('x')();", "it hides a name"],
    ["exports.up = () => { if (Date.now() > 5) return; };", "it mentions Date"],
    ["exports.up = () => Math.random();", "it mentions random"],
    ["exports.up = () => (0, eval)('x');", "it mentions eval"],
    ["exports.up = (a) => (a ? fetch : eval);", "it mentions fetch"],
    ["exports.up = (a) => ({ fetch });", "it mentions fetch"],
    ["exports.up = () => \\u0066etch('x');", "it has a \\ whose meaning is not looked into"],
    [`const a = /'/; fetch("x'");`, "it has a / whose meaning is not looked into"],
    ["const a = '/*'; fetch(); const b = '*/';", "it mentions fetch"],
    ["// a\u2028fetch()", "it mentions fetch"],
    ["const a = 'b\nfetch()';", "it has a string that does not end"],
    ["const a = `b", "it has a template that does not end"],
    ["let n = 0; exports.up = (pgm) => { if (n++) pgm.dropTable('t'); };", "it keeps a variable"],
  ])("finds in %s that %s", (text, reason) => {
    expect(findOutside(text)).toBe(reason);
  });
});
