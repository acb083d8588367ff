import { createHash } from "node:crypto";

import { DatabaseAccess, Login } from "../core/choices";

/** Service annotation that says which connection the service was given. */
export const CONNECTION_ANNOTATION = "cloud-run-migrations/connection";

/** How a service reaches and enters its database. */
export interface ServiceConnection {
  login: Login;
  access: DatabaseAccess;
  /** Stands for the database user. Its name stays out: with `environmentAsSecrets` it is a secret. */
  userDigest: string;
}

/** What of it arguments say by themselves, whether the user is known yet or not. */
export type ConnectionKind = Pick<ServiceConnection, "login" | "access">;

/** Without a password the login is a token; with a host there is no proxy. */
export function connectionKind({
  password,
  host,
}: {
  password?: unknown;
  host?: unknown;
}): ConnectionKind {
  return {
    login: password === undefined ? Login.Iam : Login.Password,
    access: host === undefined ? DatabaseAccess.Sidecar : DatabaseAccess.Direct,
  };
}

/** Only mocks leave the user out. */
export function digestUser(user: string | undefined): string {
  return createHash("sha256")
    .update(user ?? "")
    .digest("hex")
    .slice(0, 12);
}

/** The annotation's value: `Password.Sidecar.5f2b8a01c3d4`. */
export function formatConnection({ login, access, userDigest }: ServiceConnection): string {
  return [login, access, userDigest].join(".");
}

/** Reads the annotation; nothing where it is missing, or somebody else wrote it. */
export function parseConnection(text: string | undefined): ServiceConnection | undefined {
  const [first, second, userDigest, ...others] = text?.split(".") ?? [];
  const login = Object.values(Login).find((choice) => choice === first);
  const access = Object.values(DatabaseAccess).find((choice) => choice === second);
  if (login === undefined || access === undefined || others.length > 0) return undefined;
  return userDigest === undefined ? undefined : { login, access, userDigest };
}
