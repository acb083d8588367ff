import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { databaseUserName, physicalName, type NameKind } from "../../components/core/names";

/** Every name that an environment makes: the kind, and what it is for. */
const USES: [NameKind, string | undefined][] = [
  ["serviceAccount", "build"],
  ["serviceAccount", "migrator"],
  ["serviceAccount", "runtime"],
  ["runService", undefined],
  ["runJob", "migrate"],
  ["sqlInstance", undefined],
  ["secret", "migrator_password"],
  ["secret", "A".repeat(128)],
  ["artifactRepository", undefined],
  ["trigger", undefined],
  ["network", undefined],
  ["network", "services"],
  ["privatePool", undefined],
];

/**
 * Google's rules once more, from its pages and not from the code: longest name and alphabet. An
 * instance counts with its project, of at most 30 characters, and Pulumi's suffix of 8.
 */
const GOOGLE: Record<NameKind, RegExp> = {
  serviceAccount: /^(?=.{6,30}$)[a-z]([-a-z0-9]*[a-z0-9])$/,
  runService: /^(?=.{1,49}$)[a-z]([-a-z0-9]*[a-z0-9])?$/,
  runJob: /^(?=.{1,49}$)[a-z]([-a-z0-9]*[a-z0-9])?$/,
  sqlInstance: /^(?=.{1,59}$)[a-z][-a-z0-9]*$/,
  secret: /^[a-zA-Z0-9_-]{1,255}$/,
  artifactRepository: /^(?=.{1,63}$)[a-z]([-a-z0-9]*[a-z0-9])?$/,
  trigger: /^(?=.{1,64}$)[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$/,
  network: /^(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)$/,
  privatePool: /^(?=.{1,63}$)[a-z]([-a-z0-9]*[a-z0-9])?$/,
};

const anyName = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 100 }),
  fc.string({ unit: "binary", minLength: 1, maxLength: 300 }),
  fc.stringMatching(/^[a-z][a-z0-9-]{0,40}$/),
  fc.stringMatching(/^[A-Za-z0-9_. -]{1,80}$/),
  // Long names that differ at the end only.
  fc.nat(1_000_000).map((number) => `${"a".repeat(70)}${number}`),
);
/** Pulumi's own rule for stacks: letters, digits, `-`, `_` and `.`, at most 100. */
const anyStack = fc.oneof(
  fc.constantFrom("dev", "production", "staging-eu", "pr-12"),
  fc.stringMatching(/^[A-Za-z0-9._-]{1,100}$/),
);

/** A fixed seed: a hash of 32 bits may meet another one, and then it must do so every time. */
const RUNS = { numRuns: 1000, seed: 20261122 };

describe("physicalName", () => {
  it.each(USES)("is legal for a %s (%s), whatever the component and the stack", (kind, purpose) => {
    fc.assert(
      fc.property(anyName, anyStack, (name, stack) => {
        const physical = physicalName(kind, { name, stack, ...(purpose ? { purpose } : {}) });
        expect(physical).toMatch(GOOGLE[kind]);
      }),
      RUNS,
    );
  });

  it.each(USES)("never gives two components, or two stacks, the same %s (%s)", (kind, purpose) => {
    const inputs = [
      ...fc.sample(fc.tuple(anyName, fc.constantFrom("dev", "production")), RUNS),
      ...fc.sample(fc.tuple(anyName, anyStack), RUNS),
      // Where a hyphen could belong to either, where only spelling differs, and what looks hashed.
      ["a", "b-c"],
      ["a-b", "c"],
      ["shop", "dev"],
      ["Shop", "dev"],
      ["shop", "Dev"],
      ["shöp", "dev"],
      ["sho-p", "dev"],
      ["sho_p", "dev"],
      ["商店", "dev"],
      ["店商", "dev"],
    ] as [string, string][];
    const owners = new Map<string, string>();
    for (const [name, stack] of inputs) {
      const physical = physicalName(kind, { name, stack, ...(purpose ? { purpose } : {}) });
      const input = JSON.stringify([name, stack]);
      expect(owners.get(physical) ?? input).toBe(input);
      owners.set(physical, input);
    }
    expect(owners.size).toBeGreaterThan(1500);
  });

  it("tells a stack that looks like a hash from a hash", () => {
    const hashed = physicalName("runService", { name: "Shop", stack: "dev" });
    const [, hash] = /^shop-dev-([0-9a-f]{8})$/.exec(hashed)!;
    const imitation = physicalName("runService", { name: "shop-dev", stack: hash! });
    expect(imitation).not.toBe(hashed);
  });

  it("never gives a component's own secrets the same ID as another component's", () => {
    const of = (name: string, stack: string, purpose: string) =>
      physicalName("secret", { name, stack, purpose });
    expect(of("shop", "dev", "KEY")).not.toBe(of("shop-dev", "KEY", "dev"));
    expect(of("shop", "dev", "runtime_password")).not.toBe(of("shop-dev", "runtime", "password"));
  });

  it("does not change from one version to the next", async () => {
    const names = [
      "shop",
      "My Shop",
      "shöp",
      "商店",
      "7up",
      "-",
      "pg",
      "a-rather-long-name-for-a-component-of-an-application-that-sells-things",
    ];
    const lines = names.flatMap((name) =>
      ["dev", "production", "pr-12", "Team.EU"].flatMap((stack) =>
        USES.filter(([, purpose]) => purpose !== "A".repeat(128)).map(([kind, purpose]) => {
          const physical = physicalName(kind, { name, stack, ...(purpose ? { purpose } : {}) });
          return `${JSON.stringify([name, stack])} ${kind}: ${physical}`;
        }),
      ),
    );
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("../golden/names.txt");
  });
});

describe("databaseUserName", () => {
  it("reads like the component", () => {
    expect(databaseUserName("shop", "migrator")).toBe("shop_migrator");
    expect(databaseUserName("my-shop", "runtime")).toBe("my_shop_runtime");
  });

  it("is legal in PostgreSQL and in Cloud SQL, whatever the component", () => {
    fc.assert(
      fc.property(
        anyName,
        fc.constantFrom("migrator" as const, "runtime" as const),
        (name, role) => {
          const user = databaseUserName(name, role);
          expect(user).toMatch(/^[a-z][a-z0-9_]*$/);
          expect(Buffer.byteLength(user)).toBeLessThanOrEqual(63);
          expect(user).not.toMatch(/^(pg_|cloudsql|postgres)/);
        },
      ),
      RUNS,
    );
    for (const name of ["pg", "pg-x", "cloudsql", "cloudsqlsuperuser"]) {
      expect(databaseUserName(name, "migrator")).toMatch(/^app_/);
    }
  });

  it("is another one for another component", () => {
    const names = [
      ...new Set(fc.sample(anyName, RUNS)),
      "a-b",
      "a_b",
      "a--b",
      "A-b",
      "pg",
      "app-pg",
    ];
    const users = names.map((name) => databaseUserName(name, "runtime"));
    expect(new Set(users).size).toBe(new Set(names).size);
  });
});
