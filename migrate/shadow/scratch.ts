import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startWatchdog } from "../postgres";

/** Runs `use` with a temporary folder, which is removed afterwards, also when this process is killed. */
export async function withScratch<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const watchdog = startWatchdog();
  const folder = await mkdtemp(join(tmpdir(), "cloud-run-migrations-"));
  watchdog.watchFolder(folder);
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    await watchdog.close();
  }
}
