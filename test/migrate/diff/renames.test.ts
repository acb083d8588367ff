import { describe, expect, it } from "vitest";
import type { NamedObject } from "../../../migrate/diff/objects";
import { parseRenames, renameStatements } from "../../../migrate/diff/renames";
import { followRenames, suggestRenames } from "../../../migrate/diff/suggestRenames";

const object = (kind: string, path: string): NamedObject => {
  const parts = path.split(".");
  const [schema = "", second = "", third] = parts;
  return third === undefined
    ? { kind, schema, table: null, name: second }
    : { kind, schema, table: second, name: third };
};
const side = (...paths: string[]): NamedObject[] =>
  paths.map((path) => {
    const [kind = "", name = ""] = path.split(" ");
    return object(kind, name);
  });

describe("parseRenames", () => {
  it("takes tables, columns and the rest, by short names and long ones", () => {
    const sides = {
      current: side("TABLE public.users", "COLUMN public.users.name", "TYPE app.mood"),
      desired: side("TABLE public.people", "COLUMN public.people.full_name", "TYPE app.state"),
    };
    const texts = ["users=people", "users.name=full_name", "app.mood=state"];
    const { renames, violations } = parseRenames(texts, sides, "public");
    expect(violations).toEqual([]);
    expect(renameStatements(renames, ["public", "app"])).toEqual({
      up: [
        'ALTER TABLE "public"."users" RENAME COLUMN "name" TO "full_name"',
        'ALTER TABLE "public"."users" RENAME TO "people"',
        'ALTER TYPE "app"."mood" RENAME TO "state"',
      ],
      down: [
        'ALTER TYPE "app"."state" RENAME TO "mood"',
        'ALTER TABLE "public"."people" RENAME TO "users"',
        'ALTER TABLE "public"."users" RENAME COLUMN "full_name" TO "name"',
      ],
    });
  });

  it("takes a sequence along that is called after its table", () => {
    const sides = {
      current: side(
        "TABLE public.users",
        "SEQUENCE public.users_id_seq",
        "SEQUENCE public.users_x",
      ),
      desired: side("TABLE shop.people", "SEQUENCE shop.people_id_seq"),
    };
    const { renames } = parseRenames(["users=shop.people"], sides, "public");
    expect(renameStatements(renames, ["public"])).toEqual({
      up: [
        'CREATE SCHEMA "shop"',
        'ALTER TABLE "public"."users" SET SCHEMA "shop"',
        'ALTER TABLE "shop"."users" RENAME TO "people"',
        'ALTER SEQUENCE "public"."users_id_seq" SET SCHEMA "shop"',
        'ALTER SEQUENCE "shop"."users_id_seq" RENAME TO "people_id_seq"',
      ],
      down: [
        'ALTER SEQUENCE "shop"."people_id_seq" RENAME TO "users_id_seq"',
        'ALTER SEQUENCE "shop"."users_id_seq" SET SCHEMA "public"',
        'ALTER TABLE "shop"."people" RENAME TO "users"',
        'ALTER TABLE "shop"."users" SET SCHEMA "public"',
        'DROP SCHEMA "shop"',
      ],
    });
  });

  it("asks for the schema where a short name fits two", () => {
    const current = side("TABLE a.b", "COLUMN public.a.b");
    const { violations } = parseRenames(["a.b=c"], { current, desired: [] }, "public");
    expect(violations.map(({ got }) => got)).toEqual(["several: a.b, public.a.b"]);
  });
});

describe("suggestRenames", () => {
  it("names what has content, and what moved", () => {
    const sides = {
      current: side("TABLE public.users", "TABLE public.orders"),
      desired: side("TABLE app.users", "TABLE public.orders"),
    };
    const proposal = (kind: string, status: "unambiguous" | "ambiguous") => ({
      ...{ kind, status },
      from: { kind, schema: "public", table: "orders", name: "a" },
      to: { kind, schema: "public", table: "orders", name: "b" },
    });
    const proposals = [
      proposal("column", "ambiguous"),
      proposal("constraint", "unambiguous"),
      proposal("index", "ambiguous"),
    ];
    const moved = { object: sides.current[0]!, to: { schema: "app", table: null, name: "users" } };
    expect(suggestRenames(proposals, sides, [])).toEqual([
      "public.orders.a=b",
      "public.users=app.users",
    ]);
    expect(suggestRenames(proposals, sides, [moved])).toEqual(["public.orders.a=b"]);
    expect(followRenames(proposals).map(({ kind }) => kind)).toEqual(["constraint"]);
  });
});
