import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { backupRoleId } from "../../components/core/backupRole";
import { databaseUserName, sharedDatabaseName } from "../../components/core/names";

/** Words that look like a stack, a purpose or a reserved name, joined in ways that look alike. */
const words = fc.constantFrom("a", "b", "shop", "dev", "owner", "migrator", "app", "pg", "Shop");
const alike = fc
  .tuple(fc.array(words, { minLength: 1, maxLength: 4 }), fc.constantFrom("", "-", "_", "--", "__"))
  .map(([parts, joint]) => parts.join(joint));
const anyName = fc.oneof(
  alike,
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 100 }),
  fc.stringMatching(/^[a-z][a-z0-9-]{0,80}$/),
  // Long names that differ at the end only.
  fc.nat(1_000_000).map((number) => `${"a".repeat(60)}${number}`),
);
const anyStack = fc.oneof(
  alike,
  fc.constantFrom("dev", "production", "staging-eu", "deadbeef"),
  fc.stringMatching(/^[A-Za-z0-9._-]{1,100}$/),
);
const anyService = fc.tuple(anyName, anyStack);

/** A fixed seed: a hash of 32 bits may meet another one, and then it must do so every time. */
const RUNS = { numRuns: 5000, seed: 20261123 };

const PURPOSES = ["migrator", "runtime", "owner"] as const;

/** Roles that a service makes on an instance that others use too. */
function rolesOf([name, stack]: [string, string]): string[] {
  return PURPOSES.map((purpose) => sharedDatabaseName(name, stack, purpose));
}

/** Roles that whoever made the instance has on it by default. */
function rolesOfOwner(name: string): string[] {
  return [databaseUserName(name, "migrator"), databaseUserName(name, "runtime"), "app_owner"];
}

describe("names on an instance that several services use", () => {
  it("are legal and kept whole by PostgreSQL", () => {
    fc.assert(
      fc.property(anyService, ([name, stack]) => {
        const names = [sharedDatabaseName(name, stack), ...rolesOf([name, stack])];
        for (const each of names) {
          expect(each).toMatch(/^[a-z][a-z0-9_]{0,62}$/);
          expect(each).not.toMatch(/^(pg_|cloudsql|postgres$|template)/);
        }
        expect(new Set(names).size).toBe(names.length);
      }),
      RUNS,
    );
  });

  it("are never those of another service", () => {
    fc.assert(
      fc.property(anyService, anyService, (one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other));
        expect(sharedDatabaseName(...one)).not.toBe(sharedDatabaseName(...other));
        expect(rolesOf(one).filter((role) => rolesOf(other).includes(role))).toEqual([]);
      }),
      RUNS,
    );
  });

  it("are never those that whoever made the instance has on it", () => {
    // `shop-dev` may be an instance's name, and `shop` a service in stack `dev` that uses it too.
    const joined = ([name, stack]: [string, string]): string[] =>
      ["", "-", "_", "--", "__"].map((joint) => `${name}${joint}${stack}`);
    fc.assert(
      fc.property(anyService, anyName, (service, other) => {
        expect(sharedDatabaseName(...service)).not.toBe("app");
        for (const owner of [other, service[0], ...joined(service)]) {
          const taken = rolesOfOwner(owner);
          expect(rolesOf(service).filter((role) => taken.includes(role))).toEqual([]);
        }
      }),
      RUNS,
    );
  });
});

describe("backupRoleId", () => {
  it("reads like the environment", () => {
    const id = backupRoleId("my-shop", "dev", "ownInstance");
    expect(id).toMatch(/^my_shop_dev__[0-9a-f]{8}\.backup$/);
  });

  it("is legal, and no other environment's", () => {
    fc.assert(
      fc.property(anyService, anyService, (one, other) => {
        const ids = [one, other].flatMap(([name, stack]) => [
          backupRoleId(name, stack, "ownInstance"),
          backupRoleId(name, stack, "existingInstance"),
        ]);
        for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9_.]{3,64}$/);
        const isSame = JSON.stringify(one) === JSON.stringify(other);
        expect(new Set(ids).size).toBe(isSame ? 2 : 4);
      }),
      RUNS,
    );
  });
});
