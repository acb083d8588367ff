import { describe, expect, it } from "vitest";
import { Redactor } from "../../../rehearsal/cloud/redactor";

describe("Redactor", () => {
  it.each(["pass/word+1", "line one\nline two of it", 'quo"te\\d value', "ümläut-secret"])(
    "hides %j as it is and in its usual encodings",
    (secret) => {
      const redactor = new Redactor();
      redactor.add(secret);
      const forms = [
        secret.split("\n").at(-1)!,
        JSON.stringify({ secret }),
        encodeURIComponent(secret),
        Buffer.from(secret).toString("base64"),
        Buffer.from(secret).toString("base64url"),
      ];
      for (const form of forms) {
        const text = redactor.redact(`before ${form} after`);
        expect(text).toContain("[secret]");
        expect(text).not.toContain(form);
      }
    },
  );

  it("hides a short secret as a word, and leaves other words", () => {
    const redactor = new Redactor();
    redactor.add("shop");
    redactor.add("5432");
    redactor.add("");
    expect(redactor.redact("shop at 5432: shop-00001 workshop 15432")).toBe(
      "[secret] at [secret]: shop-00001 workshop 15432",
    );
  });

  it("hides a secret that holds another as one", () => {
    const redactor = new Redactor();
    redactor.add("inner-secret");
    redactor.add("outer-inner-secret-outer");
    expect(redactor.redact("x outer-inner-secret-outer y")).toBe("x [secret] y");
  });
});
