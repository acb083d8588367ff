import { createHash, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { generatePassword } from "../../components/core/passwords";

/** Bytes that look random and are the same for the same seed. */
function seeded(seed: number): (count: number) => Uint8Array {
  let calls = 0;
  return (count) => {
    calls += 1;
    return createHash("sha256").update(`${seed}:${calls}`).digest().subarray(0, count);
  };
}

describe("generatePassword", () => {
  it("has a character of each class, and none that a URL or a shell changes", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const password = generatePassword(seeded(seed));
        expect(password).toMatch(/^[a-z][A-Za-z0-9._-]{39}$/);
        expect(password).toMatch(/[A-Z]/);
        expect(password).toMatch(/[0-9]/);
        expect(password).toMatch(/[._-]/);
        expect(encodeURIComponent(password)).toBe(password);
      }),
      { numRuns: 1000 },
    );
  });

  it("follows from the random bytes alone", () => {
    expect(generatePassword(seeded(1))).toBe(generatePassword(seeded(1)));
    expect(generatePassword(seeded(1))).not.toBe(generatePassword(seeded(2)));
  });

  it("favours no character and no place", () => {
    const passwords = Array.from({ length: 4000 }, () => generatePassword(randomBytes));
    expect(new Set(passwords).size).toBe(4000);
    // Behind the first character a digit stands at each place about as often.
    const places = Array.from(
      { length: 39 },
      (_, place) => passwords.filter((password) => /[0-9]/.test(password.charAt(place + 1))).length,
    );
    const mean = places.reduce((sum, count) => sum + count, 0) / places.length;
    for (const count of places) expect(Math.abs(count - mean) / mean).toBeLessThan(0.25);
  });

  it("throws bytes away that would favour low characters", () => {
    const from = (bytes: number[]) => () => Uint8Array.of(bytes.shift() ?? 0);
    // 234 letters' worth of bytes are whole multiples of 26; 255 is past them.
    expect(generatePassword(from([255, 7]))).toBe(generatePassword(from([7])));
    expect(generatePassword(from([233, 7]))).not.toBe(generatePassword(from([7])));
  });

  it("fails on a source without bytes", () => {
    expect(() => generatePassword(() => new Uint8Array())).toThrow(
      "the random source gave no byte",
    );
  });
});
