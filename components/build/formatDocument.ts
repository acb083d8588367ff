import { Document, isScalar, parse, Scalar, visit } from "yaml";
import type { AnyBuildDocument, BuildDocument } from "./document";

/** The document as text: YAML as people write it, scripts as blocks, or JSON for the REST API. */
export function formatDocument(document: BuildDocument, format: "yaml" | "json"): string {
  if (format === "json") return `${JSON.stringify(document, null, 2)}\n`;
  const yaml = new Document(document, { aliasDuplicateObjects: false });
  visit(yaml, {
    Pair(_, { key, value }) {
      if (isScalar(key) && key.value === "script" && isScalar(value)) {
        value.type = Scalar.BLOCK_LITERAL;
      }
    },
  });
  return yaml.toString({ lineWidth: 0 });
}

/** Reads a document from YAML or JSON. Throws on text that is neither; checks nothing else. */
export function parseDocument(text: string): AnyBuildDocument {
  const document: unknown = parse(text);
  if (typeof document !== "object" || document === null || Array.isArray(document)) {
    throw new Error("expected a Cloud Build document with steps, got something else");
  }
  return document;
}
