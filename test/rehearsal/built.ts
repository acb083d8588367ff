import { createRequire } from "node:module";
import { join } from "node:path";

/**
 * A compiled module: the rehearsal starts processes of its own, and those run JavaScript. `npm test`
 * compiles first.
 */
export function built(path: string): unknown {
  return createRequire(__filename)(join(__dirname, "..", "..", "dist", path));
}
