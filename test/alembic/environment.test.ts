import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeEnvironment } from "./support/python";

const PATH = process.env["PATH"] ?? "";
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "python-"));
  process.env["PATH"] = folder;
});
afterEach(() => {
  process.env["PATH"] = PATH;
  rmSync(folder, { recursive: true });
});

const python = (script: string): void => {
  writeFileSync(join(folder, "python3"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
};
const make = (): Promise<void> =>
  makeEnvironment(join(folder, "environment"), join(folder, "requirements.txt"));

describe("the environment of these tests", () => {
  it("fails in one line without Python, and with an old one", async () => {
    const expected = "expected Python 3.11 or newer as python3 on PATH";
    await expect(make()).rejects.toThrow(`${expected}, got none`);
    python("echo Python 3.10.13");
    await expect(make()).rejects.toThrow(`${expected}, got Python 3.10.13`);
    python("echo Python 2.7.18");
    await expect(make()).rejects.toThrow(`${expected}, got Python 2.7.18`);
  });

  it("fails in one line where venv is not there", async () => {
    python(
      '[ "$1" = --version ] && echo Python 3.12.1 && exit\necho No module named venv >&2; exit 1',
    );
    await expect(make()).rejects.toThrow(/^python3 -m venv failed: No module named venv$/);
  });

  it("fails in one line when pip does", async () => {
    process.env["PATH"] = [folder, PATH].join(delimiter);
    const pip = "#!/bin/sh\\necho Collecting nothing\\necho ERROR: no way out >&2\\nexit 1\\n";
    python(
      `[ "$1" = --version ] && echo Python 3.12.1 && exit\nmkdir -p "$3/bin"; printf '${pip}' > "$3/bin/python"; chmod +x "$3/bin/python"`,
    );
    await expect(make()).rejects.toThrow(/^pip cannot install the packages: ERROR: no way out$/);
  });
});
