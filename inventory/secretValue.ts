import { inspect } from "node:util";

/** A value that Pulumi keeps secret. It shows itself nowhere; `reveal` opens it. */
export class SecretValue {
  readonly #value: unknown;

  constructor(value: unknown) {
    this.#value = value;
  }

  reveal(): unknown {
    return this.#value;
  }

  toJSON(): string {
    return "[secret]";
  }

  toString(): string {
    return "[secret]";
  }

  [inspect.custom](): string {
    return "[secret]";
  }
}

/** Opens every secret inside `value`. */
export function reveal(value: unknown): unknown {
  if (value instanceof SecretValue) return reveal(value.reveal());
  return mapMembers(value, reveal);
}

/** Writes `[secret]` for every secret inside `value`. */
export function redact<T>(value: T): T {
  if (value instanceof SecretValue) return "[secret]" as T;
  return mapMembers(value, redact) as T;
}

function mapMembers(value: unknown, change: (member: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(change);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, change(member)]));
}
