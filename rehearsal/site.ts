import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startWatchdog } from "../migrate";

/** The folder of one rehearsal: nothing is written outside it and the database server's own. */
export interface Site {
  folder: string;
  /** Removes the folder. */
  close(): Promise<void>;
}

/** Makes the folder. It goes with this process, however that ends. */
export async function openSite(): Promise<Site> {
  const watchdog = startWatchdog();
  // Processes report their place without links: macOS keeps temporary files behind one.
  const folder = await mkdtemp(join(await realpath(tmpdir()), "rehearsal-"));
  watchdog.watchFolder(folder);
  return {
    folder,
    async close() {
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
      await watchdog.close();
    },
  };
}
