import { type CommandInput, flag } from "./context";
import { UsageError, parseMap } from "./parse";

/** Labels after `--labels`, `--update-labels`, `--remove-labels` and `--clear-labels`. */
export function changedLabels(
  { words, parsed }: CommandInput,
  labels: Record<string, string>,
): Record<string, string> {
  const maps = ["labels", "update-labels"].flatMap((name) => [
    ...parseMap(words, name, flag(parsed, name) ?? ""),
  ]);
  const result = parsed.flags.has("clear-labels") ? {} : { ...labels };
  for (const name of flag(parsed, "remove-labels")?.split(",") ?? []) {
    Reflect.deleteProperty(result, name);
  }
  for (const [name, value] of maps) {
    if (!/^[a-z][\w-]{0,62}$/.test(name) || !/^[a-z0-9_-]{0,63}$/.test(value)) {
      throw new UsageError(
        words,
        `argument --update-labels: Bad value [${value}]: Only hyphens (-), underscores (_), lowercase characters, and numbers are allowed.`,
      );
    }
    result[name] = value;
  }
  return result;
}
