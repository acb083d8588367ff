import { Login } from "../core/choices";
import { quote, type Violation } from "../core/violations";
import { LATEST, type LiveService } from "./liveService";
import { digestUser, type ConnectionKind } from "./serviceConnection";

/**
 * Whether new revisions stay without traffic, as a release leaves it that stopped before promotion.
 */
export function isPinned({ traffics }: LiveService): boolean {
  return !traffics.some(({ type, percent }) => type === LATEST && percent === 100);
}

/** What `up` has to say about traffic that is pinned; `undefined` when nothing. */
export function pinnedWarning(service: string, live: LiveService): string | undefined {
  if (!isPinned(live)) return undefined;
  return [
    `traffic of service ${service} is pinned to ${servingRevisions(live)}:`,
    "changes of its template make a revision that serves nobody until a release is promoted,",
    `or until \`gcloud run services update-traffic ${service} --to-latest\` is run`,
  ].join(" ");
}

/** How the service is to log in from now on. */
export interface WantedLogin extends ConnectionKind {
  /** Name of the database user. */
  user: string;
  /** Means nothing with login `Iam`. */
  passwordGeneration: number;
}

/**
 * Why new passwords or another connection must wait. The old revision goes on with what it was
 * given, and would be cut off.
 */
export function checkPinned(service: string, live: LiveService, wanted: WantedLogin): Violation[] {
  if (!isPinned(live) || live.image === undefined) return [];
  const pinned = `while traffic of service ${service} is pinned to ${servingRevisions(live)}`;
  return [
    ...checkRotation(live, wanted, pinned),
    ...checkKind(live, wanted, pinned),
    ...checkUser(live, wanted, pinned),
  ];
}

function checkRotation(
  { passwordGeneration: given = 1, connection }: LiveService,
  { login, passwordGeneration }: WantedLogin,
  pinned: string,
): Violation[] {
  // A login that had no password before loses none.
  const hasPassword = login === Login.Password && connection?.login !== Login.Iam;
  if (!hasPassword || passwordGeneration === given) return [];
  return [
    {
      rule: "rotation-while-pinned",
      path: "database.passwordGeneration",
      expected: `${given} ${pinned}`,
      got: `${passwordGeneration}`,
      remedy: "the serving revision would lose its login: promote a release first",
    },
  ];
}

const PROMOTE_FIRST = "the serving revision connects as it was made to: promote a release first";

function checkKind({ connection }: LiveService, wanted: WantedLogin, pinned: string): Violation[] {
  if (connection === undefined) return [];
  const paths = { login: "database.login", access: "service.databaseAccess" } as const;
  return (["login", "access"] as const)
    .filter((key) => connection[key] !== wanted[key])
    .map((key) => ({
      rule: "connection-while-pinned",
      path: paths[key],
      expected: `${connection[key]} ${pinned}`,
      got: quote(wanted[key]),
      remedy: PROMOTE_FIRST,
    }));
}

/** Another login brings another user by itself. */
function checkUser(
  { connection }: LiveService,
  { login, user }: WantedLogin,
  pinned: string,
): Violation[] {
  if (connection?.login !== login || connection.userDigest === digestUser(user)) return [];
  return [
    {
      rule: "connection-while-pinned",
      // With passwords users are named after the component, except on an instance of somebody else.
      path: login === Login.Iam ? "service.serviceAccount" : "database.existingInstance",
      expected: `the database user as it is ${pinned}`,
      got: `the user ${quote(user)}`,
      remedy: PROMOTE_FIRST,
    },
  ];
}

function servingRevisions({ traffics }: LiveService): string {
  const names = traffics.flatMap(({ revision, percent }) =>
    revision !== undefined && percent !== undefined ? [revision] : [],
  );
  return names.join(", ") || "no revision";
}
