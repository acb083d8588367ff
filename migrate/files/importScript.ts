// Compiling a large program's modules takes seconds; nothing that a migration should do takes minutes.
const LONGEST_LOAD_MS = 5 * 60_000;

/**
 * Loads a script as node-pg-migrate does. One that waits at its top level for what never comes is an
 * error: it would end the process in the middle of a command, or keep the migration lock for ever.
 */
export async function importScript<T>(path: string, longestMs = LONGEST_LOAD_MS): Promise<T> {
  // Imported here: with nothing pending a run is done before node-pg-migrate is ever read.
  const { jiti } = await import("node-pg-migrate");
  let stop = (): void => undefined;
  const neverLoads = new Promise<never>((_, reject) => {
    const giveUp = (): void => {
      reject(new Error("waits at its top level for something that never comes"));
    };
    const timer = setTimeout(giveUp, longestMs).unref();
    // Without a connection nothing else keeps the process alive: Node says that it is about to end.
    process.once("beforeExit", giveUp);
    stop = () => {
      clearTimeout(timer);
      process.off("beforeExit", giveUp);
    };
  });
  try {
    return await Promise.race([jiti.import<T>(path), neverLoads]);
  } finally {
    stop();
  }
}
