import { createHash } from "node:crypto";
import { mkdirSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, isAbsolute, join } from "node:path";
import { type UnprivilegedUser, canEnter, chooseUnprivilegedUser } from "../postgres";
import type { Environment } from "../settings/environment";
import { ShadowError } from "../shadow/shadowServer";

// Temporary files that outlive a restart of the machine.
const OF_ROOT = "/var/tmp/cloud-run-migrations";

/**
 * Folder of the project's database: outside the project, where no image's COPY and no clean-up of
 * `node_modules` reaches it. Made if it is not there.
 * Source: https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function findPlace(cwd: string, env: Environment, user = chooseUnprivilegedUser()): string {
  const project = realpathSync(cwd);
  const digest = createHash("sha256").update(project).digest("hex").slice(0, 8);
  const name = `${basename(project).replace(/[^\w.-]/g, "_")}-${digest}`;
  const { XDG_STATE_HOME: state = "" } = env;
  const own = isAbsolute(state) ? state : join(env.HOME ?? homedir(), ".local/state");
  const parents = [join(own, "cloud-run-migrations"), ...(user === null ? [] : [OF_ROOT])];
  const parent = parents.find((candidate) => makePlace(candidate, user)) ?? OF_ROOT;
  const place = join(parent, name);
  makePlace(place, user);
  return place;
}

/** Makes a folder that nobody else may write to; false when the server's user may not enter it. */
export function makePlace(
  folder: string,
  user: UnprivilegedUser | null = chooseUnprivilegedUser(),
): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: user === null ? 0o700 : 0o755 });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ShadowError(`${folder} cannot be made: ${reason}`, ANOTHER, error);
  }
  const { uid, mode } = statSync(folder);
  if (uid !== process.getuid?.() || (mode & 0o022) !== 0) {
    throw new ShadowError(`${folder} is not a folder that only you may write to`, ANOTHER);
  }
  return user === null || canEnter(folder, user);
}

const ANOTHER = "name a folder of your own with --data";
