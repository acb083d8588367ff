/** Files that are committed together. */
export interface Group<T> {
  files: T[];
  /** Whether the files share one transaction; a file that does without is alone. */
  isTransaction: boolean;
}

/** Splits files, in order, into as few transactions as possible. */
export function planGroups<T>(files: readonly T[], runsAlone: (file: T) => boolean): Group<T>[] {
  const groups: Group<T>[] = [];
  for (const file of files) {
    const last = groups.at(-1);
    if (runsAlone(file)) groups.push({ files: [file], isTransaction: false });
    else if (last?.isTransaction === true) last.files.push(file);
    else groups.push({ files: [file], isTransaction: true });
  }
  return groups;
}
