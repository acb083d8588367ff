import { expect, it } from "vitest";
import { planGroups } from "../../../migrate/run/groups";

it.each([
  ["", ""],
  ["abc", "(abc)"],
  ["A", "[A]"],
  ["abCde", "(ab)[C](de)"],
  ["ABc", "[A][B](c)"],
])("planGroups puts %s into %s", (files, expected) => {
  const groups = planGroups(files.split(""), (file) => file === file.toUpperCase());
  const written = groups.map(({ files: [...names], isTransaction }) =>
    isTransaction ? `(${names.join("")})` : `[${names.join("")}]`,
  );
  expect(written.join("")).toBe(expected);
});
