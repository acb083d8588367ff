import fc from "fast-check";
import { Client } from "pg";
import { describe, expect, it } from "vitest";
import { checkDatabaseUrl, passwordsInUrl } from "../../../migrate/settings/databaseUrl";

describe("checkDatabaseUrl", () => {
  it.each([
    "postgres://app:secret@db.example.com:5432/app",
    "postgresql://app@localhost/app?sslmode=verify-full&application_name=a@b",
    "postgres://localhost/app?user=sa@project.iam&password=x",
    "postgres://app:a%40b%2F@%2Fcloudsql%2Fp%3Ar%3Ai/app",
    "postgres://app:secret@/app?host=/cloudsql/p:r:i",
    "postgres://app:p:q@localhost/app",
  ])("lets %s through", (url) => {
    expect(checkDatabaseUrl(url)).toEqual([]);
  });

  it("lets every password through that was encoded, and pg reads it back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }), (password) => {
        fc.pre(!password.includes("\0"));
        const url = `postgres://app:${encodeURIComponent(password)}@db.example.com:6000/app`;
        const client = new Client({ connectionString: url });
        expect(checkDatabaseUrl(url)).toEqual([]);
        expect([client.host, client.port, client.password]).toEqual([
          "db.example.com",
          6000,
          password,
        ]);
      }),
      { numRuns: 300 },
    );
  });

  it("lets no raw password through that leads pg to another host or another password", () => {
    const characters = fc.constantFrom(..."a b 1 @ : / ? # % & = [ ] $ ' \" \\ é".split(" "), " ");
    fc.assert(
      fc.property(fc.string({ unit: characters, minLength: 1, maxLength: 12 }), (password) => {
        const url = `postgres://app:${password}@db.example.com:6000/app`;
        if (checkDatabaseUrl(url).length > 0) return;
        const client = new Client({ connectionString: url });
        // A `%41` in a raw password is an encoding like any other; nobody can tell.
        const meant = /%[0-9a-f]{2}/i.test(password) ? client.password : password;
        expect([client.host, client.port, client.password]).toEqual([
          "db.example.com",
          6000,
          meant,
        ]);
      }),
      { numRuns: 3000 },
    );
  });

  it("shows nothing of the URL", () => {
    const [violation] = checkDatabaseUrl("postgres://app:canary/x@db/app");
    expect(JSON.stringify(violation)).not.toContain("canary");
  });
});

it("passwordsInUrl finds a raw password up to the last @, and its plain form", () => {
  expect(passwordsInUrl("postgres://u:p@ss/w@db/app")).toContain("p@ss/w");
  expect(passwordsInUrl("postgres://u:a%40b@db/app")).toContain("a@b");
  expect(passwordsInUrl("postgres://db/app?user=u&password=x%2Fy")).toContain("x/y");
  expect(passwordsInUrl("postgres://db/app")).toEqual([]);
});
