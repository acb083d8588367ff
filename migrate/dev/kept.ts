import { randomBytes } from "node:crypto";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Password of the superuser and of the logins made for the project. The first call makes it up. */
export async function keepPassword(place: string): Promise<string> {
  const file = join(place, "password");
  const own = `${file}-${process.pid}`;
  await writeFile(own, randomBytes(24).toString("base64url"), { mode: 0o600 });
  // Of two that begin at the same time one gives it, whole, and both read the same.
  await link(own, file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  });
  await rm(own);
  return readFile(file, "utf8");
}

/** Port that the server had last; null before the first time. */
export async function readPort(place: string): Promise<number | null> {
  const text = await readFile(join(place, "port"), "utf8").catch(() => "");
  const port = Number(text);
  return Number.isInteger(port) && port >= 1 && port <= 65_535 ? port : null;
}

export async function keepPort(place: string, port: number): Promise<void> {
  const file = join(place, "port");
  await writeFile(`${file}-${process.pid}`, String(port));
  await rename(`${file}-${process.pid}`, file);
}
