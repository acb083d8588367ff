import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** Who runs PostgreSQL, which refuses to run as root. */
export interface UnprivilegedUser {
  name: string;
  uid: number;
  gid: number;
}

// `postgres` first: where a distribution's server is installed, it is the user meant for this.
const CANDIDATES = ["postgres", "nobody"];

/** The user to switch to, or null when this process is not root. Creates no user. */
export function chooseUnprivilegedUser(
  uid = process.getuid?.() ?? -1,
  passwd = "/etc/passwd",
): UnprivilegedUser | null {
  if (uid !== 0) return null;
  const accounts = readFileSync(passwd, "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  for (const candidate of CANDIDATES) {
    const account = accounts.find(([name]) => name === candidate);
    if (account === undefined) continue;
    // macOS writes -2 for `nobody`; the kernel counts unsigned.
    const [id, group] = [Number(account[2]) >>> 0, Number(account[3]) >>> 0];
    if (id !== 0) return { name: candidate, uid: id, gid: group };
  }
  throw new Error(
    `${passwd}: expected a user ${CANDIDATES.join(" or ")}, got none; ` +
      "PostgreSQL does not run as root, so run this as an ordinary user",
  );
}

/** True when `user` may enter `folder` and every folder above it. */
export function canEnter(folder: string, user: UnprivilegedUser): boolean {
  for (let path = resolve(folder); ; path = dirname(path)) {
    const { mode, uid, gid } = statSync(path);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (path === dirname(path)) return true;
  }
}
