/**
 * Words as one value of a gcloud flag that takes a list, `--args`. gcloud splits it at commas, or at
 * what stands between two `^` at its beginning, and knows no way to escape. The value is never
 * empty and never begins like a flag. Words must not be empty.
 *
 * @see https://cloud.google.com/sdk/gcloud/reference/topic/escaping
 */
export function gcloudList(words: readonly string[]): string {
  const plain = words.join(",");
  if (/^[^-^]/.test(plain) && isJoinedBy(",", words)) return plain;
  let delimiter = ",";
  for (let number = 0; !isJoinedBy(delimiter, words); number += 1) {
    delimiter = number === 0 ? "|" : `|${number}|`;
  }
  return `^${delimiter}^${words.join(delimiter)}`;
}

function isJoinedBy(delimiter: string, words: readonly string[]): boolean {
  const parts = words.join(delimiter).split(delimiter);
  return words.length === 0 || JSON.stringify(parts) === JSON.stringify(words);
}
