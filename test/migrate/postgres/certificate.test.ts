import { X509Certificate, createPrivateKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { selfSign } from "../../../migrate/postgres/certificate";

describe("selfSign", () => {
  it("makes a certificate that its own key has signed", () => {
    for (let round = 0; round < 20; round++) {
      const { certificate, key } = selfSign("rehearsal");
      const parsed = new X509Certificate(certificate);
      expect(parsed.checkPrivateKey(createPrivateKey(key))).toBe(true);
      expect(parsed.verify(parsed.publicKey)).toBe(true);
      expect([parsed.subject, parsed.issuer]).toEqual(["CN=rehearsal", "CN=rehearsal"]);
    }
  });

  it("is valid now, and not for long", () => {
    const { validFrom, validTo } = new X509Certificate(selfSign("rehearsal").certificate);
    expect(Date.parse(validFrom)).toBeLessThan(Date.now());
    expect(Date.parse(validTo)).toBeGreaterThan(Date.now());
    expect(Date.parse(validTo)).toBeLessThan(Date.now() + 3 * 24 * 3600 * 1000);
  });

  it("never gives two keys that are the same", () => {
    expect(selfSign("a").key).not.toBe(selfSign("a").key);
  });
});
