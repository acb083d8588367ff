import { get } from "./format";

/** `--sort-by`: `createTime` or `~createTime`, several with commas; the first counts most. */
export function sorted(records: readonly unknown[], order: string): unknown[] {
  const keys = order.split(",").map((key) => ({
    key: key.replace(/^~/, ""),
    sign: key.startsWith("~") ? -1 : 1,
  }));
  return [...records].sort((a, b) => {
    for (const { key, sign } of keys) {
      const [left, right] = [String(get(a, key)), String(get(b, key))];
      if (left !== right) return left < right ? -sign : sign;
    }
    return 0;
  });
}
