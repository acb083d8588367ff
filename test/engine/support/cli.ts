import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The first `pulumi` on PATH. Throws without one: these tests are about nothing else. */
export function cliOnPath(path = process.env["PATH"] ?? ""): string {
  for (const folder of path.split(delimiter)) {
    const file = join(folder, "pulumi");
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      continue;
    }
  }
  throw new Error(
    "expected a Pulumi CLI on PATH, found none; install it (https://www.pulumi.com/docs/install/) or run npm test only",
  );
}
