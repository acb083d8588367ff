import { describe, expect, it } from "vitest";

import { formatDocument, parseDocument } from "../../components/build/formatDocument";
import { renderRelease } from "../../components/build/renderRelease";
import { everyCombination, releaseOptions } from "./helpers/options";

describe("formatDocument", () => {
  it.each(["yaml", "json"] as const)(
    "writes %s that reads back the same, for every combination",
    (format) => {
      for (const { options } of everyCombination()) {
        const document = renderRelease(options);
        expect(parseDocument(formatDocument(document, format))).toEqual(document);
      }
    },
  );

  it("writes scripts as literal blocks and folds no line", () => {
    const yaml = formatDocument(renderRelease(releaseOptions()), "yaml");
    expect(yaml).toContain("    script: |\n      #!/usr/bin/env bash\n      set -euo pipefail\n");
    expect(yaml).not.toContain("script: >");
    expect(yaml).not.toMatch(/&a\d|\*a\d/);
  });

  it.each(["", "- a\n", "text"])("refuses text that is no document (%j)", (text) => {
    expect(() => parseDocument(text)).toThrow(
      "expected a Cloud Build document with steps, got something else",
    );
  });
});
