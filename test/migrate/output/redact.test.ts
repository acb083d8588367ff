import { describe, expect, it } from "vitest";
import { createRedactor, redactDeep } from "../../../migrate/output/redact";

describe("createRedactor", () => {
  it("hides variables whose name says secret, in every spelling", () => {
    const redact = createRedactor({
      STRIPE_API_KEY: 'k"\\ /+',
      SESSION_TOKEN: "tok tok",
      HOME: "/home",
    });
    expect(redact('k"\\ /+ k%22%5C%20%2F%2B k\\"\\\\ /+ tok+tok tok%20tok /home')).toBe(
      "[secret] [secret] [secret] [secret] [secret] /home",
    );
  });

  it.each(["DB_PASS", "DB_PWD", "DB_PW", "SIGNING_KEY", "API_TOKEN", "CLIENT_SECRET"])(
    "hides %s",
    (name) => {
      expect(createRedactor({ [name]: "canary", PWD: "/home/me" })("canary /home/me")).toBe(
        "[secret] /home/me",
      );
    },
  );

  it("hides the password of any URL, known or not", () => {
    const redact = createRedactor({ BACKUP_URL: "redis://u:from-env@h" });
    expect(redact("postgres://a:b@c@host/db and from-env")).toBe(
      "postgres://a:[secret]@host/db and [secret]",
    );
  });

  it("leaves words of three letters alone", () => {
    expect(createRedactor({ PGPASSWORD: "dev" })("device")).toBe("device");
  });
});

it("redactDeep changes values, never names", () => {
  const redact = createRedactor({ PGPASSWORD: "name" });
  expect(redactDeep({ name: ["a name", 1, null, { name: true }] }, redact)).toEqual({
    name: ["a [secret]", 1, null, { name: true }],
  });
});
