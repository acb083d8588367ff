import { describe, expect, it } from "vitest";
import { arrange } from "../../../migrate/diff/arrange";
import type { Change, ObjectId } from "../../../migrate/diff/change";
import { parseChanges } from "../../../migrate/diff/ownStatements";
import { toSteps } from "../../../migrate/diff/toSteps";
import { toWayBack } from "../../../migrate/diff/wayBack";

const USERS: ObjectId = { kind: "table", schema: "public", name: "users" };
const constraint = (name: string, table = "users"): ObjectId => ({
  ...{ kind: "constraint", schema: "public", table, name },
});
const index = (name: string): ObjectId => ({ kind: "index", schema: "public", name });

function make(sql: string, id: ObjectId): Change {
  return { sql, produces: [id], destroys: [], touches: [id, USERS], losesData: false };
}

function drop(sql: string, id: ObjectId): Change {
  return { sql, produces: [], destroys: [id], touches: [id, USERS], losesData: false };
}

function alter(sql: string, ...touches: ObjectId[]): Change {
  return { sql, produces: [], destroys: [], touches: [USERS, ...touches], losesData: false };
}

async function segmentsOf(changes: Change[], partitioned: string[] = []): Promise<string[][]> {
  const parsed = await parseChanges(changes, "app_owner");
  return arrange(toSteps(parsed, new Set(partitioned))).map(({ mode, statements }) => [
    mode,
    ...statements,
  ]);
}

describe("the steps of a change", () => {
  it("validate a CHECK and a foreign key later, outside a transaction", async () => {
    expect(
      await segmentsOf([
        make("ALTER TABLE public.users ADD CONSTRAINT c CHECK (age > 0)", constraint("c")),
        make(
          "ALTER TABLE public.users ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES b(a)",
          constraint("f"),
        ),
        make("ALTER TABLE public.users ADD CONSTRAINT n CHECK (a > 0) NOT VALID", constraint("n")),
      ]),
    ).toEqual([
      [
        "transaction",
        "ALTER TABLE public.users ADD CONSTRAINT c CHECK (age > 0) NOT VALID",
        "ALTER TABLE public.users ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES b(a) NOT VALID",
        "ALTER TABLE public.users ADD CONSTRAINT n CHECK (a > 0) NOT VALID",
      ],
      [
        "alone",
        'ALTER TABLE "public"."users" VALIDATE CONSTRAINT "c"',
        'ALTER TABLE "public"."users" VALIDATE CONSTRAINT "f"',
      ],
    ]);
  });

  it("validate a domain's CHECK later, unless the domain is new", async () => {
    const domain: ObjectId = { kind: "domain", schema: "public", name: "cents" };
    const check = "ALTER DOMAIN public.cents ADD CONSTRAINT c CHECK (value > 0)";
    const added = make(check, { ...domain, kind: "constraint" });
    expect(await segmentsOf([added])).toEqual([
      ["transaction", `${check} NOT VALID`],
      ["alone", 'ALTER DOMAIN "public"."cents" VALIDATE CONSTRAINT "c"'],
    ]);
    const made = make("CREATE DOMAIN public.cents AS int", domain);
    expect(await segmentsOf([made, added])).toEqual([["transaction", made.sql, check]]);
  });

  it("leave a new table, and a partitioned one, as they are", async () => {
    const key = "ALTER TABLE public.users ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES b(a)";
    const made = [
      make("CREATE TABLE public.users (a int)", USERS),
      make(key, constraint("f")),
      make("CREATE INDEX i ON public.users USING btree (a)", index("i")),
    ];
    expect(await segmentsOf(made)).toEqual([["transaction", ...made.map(({ sql }) => sql)]]);
    const parts = [
      make(key, constraint("f")),
      make("CREATE INDEX i ON ONLY public.users (a)", index("i")),
    ];
    expect(await segmentsOf(parts, ["public.users"])).toEqual([
      ["transaction", key, "CREATE INDEX i ON public.users (a)"],
    ]);
  });

  it("build a changed key beside the old one, and what leans on it comes after it", async () => {
    const segments = await segmentsOf([
      drop("ALTER TABLE public.users DROP CONSTRAINT users_pkey", constraint("users_pkey")),
      make(
        "ALTER TABLE public.users ADD CONSTRAINT users_pkey PRIMARY KEY (id, a)",
        constraint("users_pkey"),
      ),
      make(
        "ALTER TABLE public.b ADD CONSTRAINT f FOREIGN KEY (a, c) REFERENCES public.users(id, a)",
        constraint("f", "b"),
      ),
      alter("COMMENT ON CONSTRAINT users_pkey ON public.users IS 'key'", constraint("users_pkey")),
    ]);
    expect(segments).toEqual([
      [
        "alone",
        'DROP INDEX CONCURRENTLY IF EXISTS "public"."users_pkey_new"',
        'CREATE UNIQUE INDEX CONCURRENTLY "users_pkey_new" ON "public"."users" (id, a)',
      ],
      [
        "transaction",
        "ALTER TABLE public.users DROP CONSTRAINT users_pkey",
        'ALTER TABLE "public"."users" ADD CONSTRAINT "users_pkey" PRIMARY KEY USING INDEX "users_pkey_new"',
        "ALTER TABLE public.b ADD CONSTRAINT f FOREIGN KEY (a, c) REFERENCES public.users(id, a) NOT VALID",
        "COMMENT ON CONSTRAINT users_pkey ON public.users IS 'key'",
      ],
      ["alone", 'ALTER TABLE "public"."b" VALIDATE CONSTRAINT "f"'],
    ]);
  });

  it("keep what a key says besides its columns", async () => {
    const [alone, after] = await segmentsOf([
      make(
        'ALTER TABLE "public"."users" ADD CONSTRAINT "u" UNIQUE NULLS NOT DISTINCT (a, "B") INCLUDE (c) DEFERRABLE INITIALLY DEFERRED',
        constraint("u"),
      ),
    ]);
    expect(alone?.at(-1)).toBe(
      'CREATE UNIQUE INDEX CONCURRENTLY "u" ON "public"."users" (a, "B") INCLUDE (c) NULLS NOT DISTINCT',
    );
    expect(after?.at(-1)).toBe(
      'ALTER TABLE "public"."users" ADD CONSTRAINT "u" UNIQUE USING INDEX "u" DEFERRABLE INITIALLY DEFERRED',
    );
  });

  it("replace an index without a moment in which there is none", async () => {
    const segments = await segmentsOf([
      drop('DROP INDEX "public"."i"', index("i")),
      make("CREATE INDEX i ON public.users USING btree (a, b)", index("i")),
    ]);
    expect(segments).toEqual([
      [
        "alone",
        'DROP INDEX CONCURRENTLY IF EXISTS "public"."i_new"',
        'CREATE INDEX CONCURRENTLY "i_new" ON public.users USING btree (a, b)',
        'DROP INDEX CONCURRENTLY IF EXISTS "public"."i"',
        'ALTER INDEX "public"."i_new" RENAME TO "i"',
      ],
    ]);
  });

  it("drop an index before the type that it stands in the way of", async () => {
    const changes = [
      drop('DROP INDEX "public"."i"', index("i")),
      alter('ALTER TABLE "public"."users" ALTER COLUMN "a" TYPE bigint'),
    ];
    expect(await segmentsOf(changes)).toEqual([["transaction", ...changes.map(({ sql }) => sql)]]);
  });

  it("commit a value before it is used, though the plan has it last", async () => {
    expect(
      await segmentsOf([
        alter("ALTER TABLE public.users ALTER COLUMN m SET DEFAULT 'happy'::mood"),
        alter("ALTER TYPE public.mood ADD VALUE 'happy' AFTER 'ok'"),
      ]),
    ).toEqual([
      ["alone", "ALTER TYPE public.mood ADD VALUE IF NOT EXISTS 'happy' AFTER 'ok'"],
      ["transaction", "ALTER TABLE public.users ALTER COLUMN m SET DEFAULT 'happy'::mood"],
    ]);
    const unused = alter("ALTER TYPE public.mood ADD VALUE 'happy'");
    expect(await segmentsOf([unused])).toEqual([["transaction", unused.sql]]);
  });

  it("leave owners, and what they have anyway, out", async () => {
    const acl = (grantee: string): ObjectId => ({ kind: "acl", target: USERS, grantee });
    expect(
      await segmentsOf([
        alter("ALTER TABLE public.users OWNER TO app_owner"),
        alter("ALTER FUNCTION f() OWNER TO app_owner"),
        make("GRANT SELECT ON TABLE public.users TO app_owner", acl("app_owner")),
        make("GRANT UPDATE (a) ON TABLE public.users TO reader", { ...acl("reader"), column: "a" }),
        make("REVOKE ALL ON TABLE public.users FROM reader", acl("reader")),
        make("GRANT SELECT ON TABLE public.users TO reader", acl("reader")),
      ]),
    ).toEqual([
      [
        "transaction",
        "GRANT SELECT ON TABLE public.users TO reader",
        "GRANT UPDATE (a) ON TABLE public.users TO reader",
      ],
    ]);
  });

  it("name a helper by what it is for, never longer than a name may be", async () => {
    const column = "c".repeat(60);
    const [first] = await segmentsOf([
      alter(`ALTER TABLE public.users ALTER COLUMN ${column} SET NOT NULL`),
    ]);
    const [, name = ""] = /ADD CONSTRAINT "([^"]+)"/.exec(first?.[1] ?? "") ?? [];
    expect(name).toMatch(/^users_c+_[0-9a-z]+$/);
    expect(name.length).toBeLessThanOrEqual(63);
  });
});

describe("the way back of a file", () => {
  const options = { partitioned: new Set<string>(), owner: "app_owner" };

  it("leaves a validated constraint validated", async () => {
    const changes = [
      drop("ALTER TABLE public.users DROP CONSTRAINT c", constraint("c")),
      make("ALTER TABLE public.users ADD CONSTRAINT c CHECK (a > 0) NOT VALID", constraint("c")),
    ];
    expect(await toWayBack(changes, "alone", options)).toEqual([]);
  });

  it("is quick in a script, and in one piece in a transaction", async () => {
    const changes = [drop('DROP INDEX "public"."i"', index("i"))];
    expect(await toWayBack(changes, "alone", options)).toEqual([
      'DROP INDEX CONCURRENTLY IF EXISTS "public"."i"',
    ]);
    expect(await toWayBack(changes, "transaction", options)).toEqual(['DROP INDEX "public"."i"']);
  });
});
