/** Writes `[secret]` where a secret would stand, in everything that leaves the rehearsal. */
export class Redactor {
  private readonly anywhere = new Set<string>();
  private readonly words = new Set<string>();

  /**
   * From now on hides a value and its usual encodings. Values under 8 characters (a port, a database's
   * name) are hidden as whole words only: anywhere would blank out ordinary text.
   */
  add(secret: string): void {
    for (const part of new Set([secret, ...secret.split("\n")])) {
      const value = part.trim();
      if (value.length >= 8) for (const form of forms(value)) this.anywhere.add(form);
      else if (value.length >= 3) this.words.add(value);
    }
  }

  redact(text: string): string {
    let result = text;
    // Longer ones first: a secret may contain another.
    for (const secret of [...this.anywhere].sort((a, b) => b.length - a.length)) {
      result = result.replaceAll(secret, "[secret]");
    }
    for (const word of this.words) {
      if (result.includes(word)) result = result.replace(wholeWord(word), "[secret]");
    }
    return result;
  }
}

function forms(value: string): string[] {
  const encoded = Buffer.from(value);
  return [
    value,
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    encoded.toString("base64").replace(/=+$/, ""),
    encoded.toString("base64url"),
  ];
}

function wholeWord(word: string): RegExp {
  const literal = word.replace(/[$()*+./?[\\\]^{|}-]/g, "\\$&");
  return new RegExp(`(?<![\\w-])${literal}(?![\\w-])`, "g");
}
