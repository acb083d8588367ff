import { quote, type Violation } from "../core/violations";

/** The logins, as far as they are known. */
interface Logins {
  migrator: unknown;
  runtime: unknown;
}

/**
 * The role that owns every object has no login: the service's own would own what it must not
 * change, and the migrator could not be replaced.
 */
export function checkOwnerRole(
  path: string,
  ownerRole: string | undefined,
  { migrator, runtime }: Logins,
): Violation[] {
  const role = ownerRole ?? "app_owner";
  if (role !== migrator && role !== runtime) return [];
  const login = role === runtime ? "the service" : "the migrator";
  return [
    {
      rule: "owner-role-login",
      path,
      expected: "a role of its own",
      got: quote(role),
      remedy: `${login} logs in as that`,
    },
  ];
}
