import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startWatchdog } from "../../migrate";
import { makeEnvironment } from "./support/python";

declare module "vitest" {
  interface ProvidedContext {
    /** Folder of the virtual environment that has Alembic. */
    environment: string;
  }
}

const REQUIREMENTS = join(__dirname, "fixtures", "app", "requirements.txt");

/** Makes a virtual environment with the packages of the fixture, which goes with this process. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const watchdog = startWatchdog();
  const folder = await mkdtemp(join(await realpath(tmpdir()), "alembic-"));
  watchdog.watchFolder(folder);
  const remove = async (): Promise<void> => {
    await rm(folder, { recursive: true, force: true });
    await watchdog.close();
  };
  const environment = join(folder, "environment");
  try {
    await makeEnvironment(environment, REQUIREMENTS);
  } catch (error) {
    await remove();
    process.stderr.write(`test:alembic: ${(error as Error).message}\n`);
    process.exit(1);
  }
  project.provide("environment", environment);
  return remove;
}
