import { expect, it } from "vitest";
import type { Change, ObjectId } from "../../../migrate/diff/change";
import { tidyDefaults } from "../../../migrate/diff/tidyDefaults";

it("leaves out a default that is dropped and was not there, and one that is set twice", () => {
  const column = (name: string): ObjectId => ({
    kind: "column",
    schema: "public",
    table: "a",
    name,
  });
  const alter = (name: string, what: string): Change => ({
    sql: `ALTER TABLE "public"."a" ALTER COLUMN "${name}" ${what}`,
    ...{ produces: [], destroys: [], touches: [column(name)], losesData: false },
  });
  const changes = [
    alter("id", "DROP DEFAULT"),
    alter("id", "TYPE bigint"),
    alter("n", "DROP DEFAULT"),
    alter("n", "SET DEFAULT 6"),
    alter("n", "SET DEFAULT 6"),
  ];
  const kept = tidyDefaults(changes, ({ name }) => name === "n");
  expect(kept).toEqual([changes[1], changes[2], changes[3]]);
});
