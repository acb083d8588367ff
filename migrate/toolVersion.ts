import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The package's version; null where the compiled files were copied without it. */
export function readToolVersion(): string | null {
  try {
    // From dist/migrate, in the package as in an image.
    const text = readFileSync(join(__dirname, "..", "..", "package.json"), "utf8");
    const { name, version } = JSON.parse(text) as { name?: unknown; version?: unknown };
    return name === "cloud-run-migrations" && typeof version === "string" ? version : null;
  } catch {
    return null;
  }
}
