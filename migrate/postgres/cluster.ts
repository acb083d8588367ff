import { access, chown, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeCertificate } from "./certificate";
import { exitOf, run, tail } from "./program";
import type { Site } from "./site";

export interface Superuser {
  user: string;
  password: string;
}

/** A cluster that outlives its server. */
export interface KeptCluster {
  /** Folder of its data. The folder around it is there, and the server's user may enter it. */
  data: string;

  /** Password that its superuser has, or gets when the cluster is made. */
  password: string;

  /** Port to take when it is free; null for any. */
  port: number | null;
}

/** Makes the cluster, unless it was kept. One that was begun and not finished counts for nothing. */
export async function prepareCluster(site: Site, superuser: Superuser): Promise<void> {
  if (!(await isThere(join(site.data, "PG_VERSION")))) {
    // Of this process: another may make the same cluster meanwhile.
    const unfinished = { ...site, data: `${site.data}.unfinished-${process.pid}` };
    site.watchdog.watchFolder(unfinished.data);
    await rm(unfinished.data, { recursive: true, force: true });
    await initialise(unfinished, superuser);
    await rename(unfinished.data, site.data).catch(async (error: unknown) => {
      await rm(unfinished.data, { recursive: true, force: true });
      if (!(await isThere(join(site.data, "PG_VERSION")))) throw error;
    });
  }
  // It is valid for two days only.
  await writeCertificate(site.data, site.user);
}

async function initialise(site: Site, superuser: Superuser): Promise<void> {
  await mkdir(site.data, { mode: 0o700 });
  const passwordFile = join(site.folder, "password");
  await writeFile(passwordFile, superuser.password, { mode: 0o600 });
  if (site.user !== null) {
    for (const path of [site.data, passwordFile]) await chown(path, site.user.uid, site.user.gid);
  }
  const child = await run(site, "initdb", [
    `--pgdata=${site.data}`,
    `--username=${superuser.user}`,
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    // The server's own locale: the same order of text on every machine.
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--no-sync",
  ]);
  const code = await exitOf(child);
  await rm(passwordFile);
  if (code !== 0) throw new Error(`initdb ended with ${String(code)}\n${await tail(site.log)}`);
  await writeFile(join(site.data, "pg_hba.conf"), HOST_BASED_ACCESS);
}

// Members of the two IAM roles were authenticated by Google before the database sees them, by the
// connector or the proxy; the stand-ins of those forward bytes, so here the server trusts.
const HOST_BASED_ACCESS = `
host all +cloudsqliamuser           127.0.0.1/32 trust
host all +cloudsqliamserviceaccount 127.0.0.1/32 trust
host all all                        127.0.0.1/32 scram-sha-256
`;

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
