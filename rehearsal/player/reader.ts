import type { Problem } from "./build";

/** Reads untyped values and collects what does not fit, with its path. */
export class Reader {
  readonly problems: Problem[] = [];

  report(path: string, expected: string, got: unknown, remedy?: string): void {
    const value = got === undefined ? "nothing" : JSON.stringify(got);
    const short = value.length > 80 ? `${value.slice(0, 77)}…` : value;
    const message = `expected ${expected}, got ${short}`;
    this.problems.push({ path, message: remedy === undefined ? message : `${message}; ${remedy}` });
  }

  /** An object with no other fields than these. */
  fields(path: string, value: unknown, known: readonly string[]): Record<string, unknown> {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      if (value !== undefined && value !== null) this.report(path, "an object", value);
      return {};
    }
    for (const name of Object.keys(value)) {
      if (known.includes(name)) continue;
      const place = path === "" ? name : `${path}.${name}`;
      this.problems.push({
        path: place,
        message: `expected a field of Cloud Build (${known.join(", ")}), got "${name}"`,
      });
    }
    return value as Record<string, unknown>;
  }

  text(path: string, value: unknown, fallback = ""): string {
    if (value === undefined || value === null) return fallback;
    if (typeof value === "string") return value;
    this.report(path, "text", value, typeof value === "object" ? undefined : "put it in quotes");
    return fallback;
  }

  flag(path: string, value: unknown): boolean {
    if (value === undefined || value === null) return false;
    if (typeof value !== "boolean") this.report(path, "true or false", value);
    return value === true;
  }

  list(path: string, value: unknown): unknown[] {
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value;
    this.report(path, "a list", value);
    return [];
  }

  texts(path: string, value: unknown): string[] {
    return this.list(path, value).map((item, index) => this.text(`${path}[${index}]`, item));
  }

  /** `600s` in milliseconds; null when it is not there. */
  duration(path: string, value: unknown): number | null {
    if (value === undefined || value === null) return null;
    const amount = typeof value === "string" ? /^(\d+(?:\.\d+)?)s$/.exec(value)?.[1] : undefined;
    if (amount !== undefined && Number(amount) > 0) return Number(amount) * 1000;
    this.report(path, 'a duration such as "600s"', value);
    return null;
  }

  /** Names with text values. */
  map(path: string, value: unknown): Record<string, string> {
    if (value === undefined || value === null) return {};
    if (typeof value !== "object" || Array.isArray(value)) {
      this.report(path, "an object", value);
      return {};
    }
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, this.text(`${path}.${name}`, item)]),
    );
  }
}
