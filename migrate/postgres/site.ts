import { chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyBinaries, findBinaries, isRunnable } from "./binaries";
import { type UnprivilegedUser, canEnter, chooseUnprivilegedUser } from "./unprivilegedUser";
import { type Watchdog, startWatchdog } from "./watchdog";

/** Where a server is made, before it runs. */
export interface Site {
  folder: string;
  native: string;
  data: string;
  log: string;
  user: UnprivilegedUser | null;
  watchdog: Watchdog;
}

/**
 * Makes the folder, with a copy of the programs where the server runs as another user. `kept` is where
 * the data are when they are to stay.
 */
export async function prepareSite(wanted: string, kept: string | null): Promise<Site> {
  const user = chooseUnprivilegedUser();
  const parent = user === null ? wanted : reachable([wanted, tmpdir(), "/tmp", "/var/tmp"], user);
  const watchdog = startWatchdog();
  const folder = await mkdtemp(join(parent, "cloud-run-migrations-postgres-"));
  watchdog.watchFolder(folder);
  const data = kept ?? join(folder, "data");
  const site = { folder, data, log: join(folder, "log"), user, watchdog };
  try {
    const installed = findBinaries();
    if (user === null && (await isRunnable(installed))) return { ...site, native: installed };
    const native = join(folder, "native");
    await copyBinaries(installed, native);
    if (user !== null) await chown(folder, user.uid, user.gid);
    return { ...site, native };
  } catch (error) {
    await removeSite(site);
    throw error;
  }
}

function reachable(parents: string[], user: UnprivilegedUser): string {
  const parent = parents.find((candidate) => canEnter(candidate, user));
  if (parent !== undefined) return parent;
  throw new Error(
    `TMPDIR: expected a folder that the user ${user.name} may enter, got ${parents.join(", ")}; ` +
      "set TMPDIR to such a folder or run this as an ordinary user",
  );
}

/** Removes the folder. */
export async function removeSite(site: Pick<Site, "folder" | "watchdog">): Promise<void> {
  await rm(site.folder, { recursive: true, force: true, maxRetries: 5 });
  await site.watchdog.close();
}
