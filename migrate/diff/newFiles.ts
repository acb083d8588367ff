import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { nextPrefix, toSlug } from "../files/nameMigration";
import type { MigrationPlan, PlannedFile } from "./planMigration";
import type { NewFile } from "./prove";
import { render } from "./render";

/** The files' names and texts; later ones of the same change are numbered. */
export function toFiles(
  { files }: MigrationPlan,
  message: string | null,
  names: readonly string[],
): (PlannedFile & NewFile)[] {
  const taken = [...names];
  const slug = message === null ? "change" : toSlug([message]);
  return files.map((file, index) => {
    const draft = { ...file, message: message ?? "", isLater: index > 0 };
    const { extension, text } = render(draft);
    const number = files.length === 1 ? "" : `-${index + 1}`;
    const name = `${nextPrefix(taken, Date.now())}_${slug}${number}`;
    taken.push(name);
    return { ...file, fileName: `${name}.${extension}`, text };
  });
}

/** Writes the files; one that is there already stays. */
export async function writeAll(folder: string, files: readonly NewFile[]): Promise<void> {
  for (const { fileName, text } of files) {
    await writeFile(join(folder, fileName), text, { flag: "wx" });
  }
}
