import { checkText, isUnknown } from "./checkText";
import { Login } from "./choices";
import { quote, type Violation } from "./violations";

/** One PostgreSQL setting, as Cloud SQL takes it. */
export interface Flag {
  name: string;
  value: string;
}

const IAM_FLAG = "cloudsql.iam_authentication";

/** The settings of an instance: the defaults, what the login needs, and the user's over both; by name. */
export function mergeFlags(
  defaults: Readonly<Record<string, string>>,
  flags: Readonly<Record<string, string>>,
  login: Login,
): Flag[] {
  const merged = { ...defaults, ...(login === Login.Iam ? { [IAM_FLAG]: "on" } : {}), ...flags };
  return Object.entries(merged)
    .map(([name, value]) => ({ name, value }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Checks settings: spelling, the same one twice, and the one that IAM login stands on. */
export function checkFlags(path: string, flags: unknown, login: unknown): Violation[] {
  if (flags === undefined || isUnknown(flags)) return [];
  const entries = Object.entries(flags as Record<string, unknown>);
  return [
    ...entries.flatMap(([name, value]) => [
      ...checkText(
        `${path}.${name}`,
        name,
        "a setting in Cloud SQL's lower-case spelling",
        (text) => /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$/.test(text),
        { rule: "setting-name" },
      ),
      ...checkText(`${path}.${name}`, value, "a text", () => true, { rule: "setting-value" }),
    ]),
    ...checkTwice(
      path,
      entries.map(([name]) => name),
    ),
    ...checkIamFlag(path, entries, login),
  ];
}

function checkTwice(path: string, names: string[]): Violation[] {
  const seen = new Map<string, string>();
  return names.flatMap((name) => {
    const first = seen.get(name.toLowerCase());
    if (first === undefined) {
      seen.set(name.toLowerCase(), name);
      return [];
    }
    const got = quote([first, name]);
    return [{ rule: "setting-twice", path: `${path}.${name}`, expected: "each setting once", got }];
  });
}

function checkIamFlag(path: string, entries: [string, unknown][], login: unknown): Violation[] {
  const value = entries.find(([name]) => name === IAM_FLAG)?.[1];
  if (login !== Login.Iam || value === undefined || value === "on") return [];
  const expected = `"on" with login Iam`;
  return [{ rule: "iam-setting", path: `${path}.${IAM_FLAG}`, expected, got: quote(value) }];
}
