import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder of Pulumi.yaml: above this file, whether it is compiled or not. */
export function projectRoot(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, "Pulumi.yaml"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`no Pulumi.yaml above ${__dirname}`);
    folder = parent;
  }
  return folder;
}
