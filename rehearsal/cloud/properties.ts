/** Members of a resource or of an object in it. */
export type Properties = Record<string, unknown>;

/** Opens secrets, which the inventory wraps. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const { reveal } = value as { reveal?: unknown };
  if (typeof reveal === "function") return plain((reveal as () => unknown).call(value));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

export function properties(value: unknown): Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Properties)
    : {};
}

export function list(value: unknown): Properties[] {
  return Array.isArray(value) ? value.map(properties) : [];
}

export function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(text) : [];
}

export function labels(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(properties(value)).map(([key, item]) => [key, text(item)]),
  );
}

export function text(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

export function number(value: unknown, fallback: number): number {
  const result = Number(text(value));
  return text(value) === "" || Number.isNaN(result) ? fallback : result;
}

/** `900s` */
export function seconds(value: unknown, fallback: number): number {
  const amount = /^(\d+(?:\.\d+)?)s$/.exec(text(value))?.[1];
  return amount === undefined ? fallback : Number(amount);
}
