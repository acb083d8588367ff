import { quote } from "../violations";
import { type Environment, isSet } from "./environment";
import type { FlagReader } from "./reader";

/** Cloud SQL, played by this machine: for rehearsals and tests. */
export interface Emulator {
  /** Where the Admin API's stand-in listens. */
  api: string;
  /** Where the instance's stand-in listens, by plain TCP. */
  host: string;
  port: number;
}

const LOOPBACK = "127\\.0\\.0\\.1|localhost|\\[::1\\]";
const PLACE = new RegExp(`^(${LOOPBACK}):(\\d{1,5})$`);
const HOST = new RegExp(`^(${LOOPBACK}|::1)$`);

/**
 * Reads CLOUD_SQL_EMULATOR_HOST, named as the emulators of Google's other databases are. An instance
 * then is at PGHOST and PGPORT, and nobody logs in at Google. Only this machine is taken, so that a
 * variable alone leads no login elsewhere.
 */
export function readEmulator(reader: FlagReader, env: Environment): Emulator | null {
  const place = env.CLOUD_SQL_EMULATOR_HOST;
  if (!isSet(place)) return null;
  const { PGHOST: host = "", PGPORT: port = "5432" } = env;
  const report = (path: string, expected: string, got: string | undefined): void => {
    const remedy = "leave CLOUD_SQL_EMULATOR_HOST out, unless this is a rehearsal";
    reader.violations.push({ path, expected, got: quote(got), remedy });
  };
  if (!PLACE.test(place)) {
    report("CLOUD_SQL_EMULATOR_HOST", "a port of this machine, 127.0.0.1:PORT", place);
  }
  if (!HOST.test(host)) report("PGHOST", "this machine, 127.0.0.1", host);
  if (!/^\d{1,5}$/.test(port)) report("PGPORT", "a port, 1 to 65535", port);
  return { api: `http://${place}`, host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}
