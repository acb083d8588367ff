import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const ROOT = join(__dirname, "..");
const PAGES = ["README.md", ...readdirSync(join(ROOT, "docs")).map((name) => `docs/${name}`)];

describe("README and docs", () => {
  it("count the points that were not run on Google Cloud", () => {
    const points = read("docs/unverified.md").match(/^\| \d{4}-\d{2}-\d{2} \|/gm) ?? [];
    expect(read("README.md")).toContain(`${points.length} points can only be settled there`);
  });

  it.each(PAGES)("%s links only to files that are there", (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)];
    const missing = links
      .map(([, target]) => join(page, "..", target ?? ""))
      .filter(
        (path) => !ts.sys.fileExists(join(ROOT, path)) && !ts.sys.directoryExists(join(ROOT, path)),
      );
    expect(missing).toEqual([]);
  });

  it("compile, every TypeScript example of them", () => {
    const examples = PAGES.flatMap((page) =>
      [...read(page).matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, text], index) => ({
        path: join(ROOT, `${page.replaceAll(/\W/g, "-")}-${index}.ts`),
        text: text ?? "",
      })),
    );
    expect(examples.length).toBeGreaterThan(0);
    expect(diagnose(examples)).toEqual([]);
  });
});

function read(page: string): string {
  return readFileSync(join(ROOT, page), "utf8");
}

/** Type-checks texts as if they stood at the root of the repository. */
function diagnose(examples: { path: string; text: string }[]): string[] {
  const config = ts.getParsedCommandLineOfConfigFile(join(ROOT, "tsconfig.json"), undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: () => undefined,
  })!;
  const options: ts.CompilerOptions = {
    ...config.options,
    paths: { "cloud-run-migrations": [join(ROOT, "components/index.ts")] },
  };
  const host = ts.createCompilerHost(options);
  const texts = new Map(examples.map(({ path, text }) => [path, text]));
  host.fileExists = (path) => texts.has(path) || ts.sys.fileExists(path);
  host.readFile = (path) => texts.get(path) ?? ts.sys.readFile(path);
  const program = ts.createProgram([...texts.keys()], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}
