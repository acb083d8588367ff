import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { checkRelease, formatViolation, parseDocument, releaseProperties } from "../components";
import { type Inventory, reveal } from "../inventory";
import { parseBuild } from "./player";
import { leavesTraffic } from "./promotion";
import type { ReleaseProperty } from "./result";
import { stepIds } from "./stepIds";
import { type DocumentReach, reachOf } from "./target";

/** A document to play, and what can be said of it before. */
export interface ReleaseDocument {
  source: string;
  text: string;
  ids: string[];
  /** ID of the step that migrates, where the document names one so. */
  migrateStep: string | null;
  /** Whether traffic is for somebody to route afterwards. */
  leavesTraffic: boolean;
  /** How it reaches the database. */
  reach: DocumentReach;
  /** Violations of the rules of a release. */
  findings: string[];
  properties: ReleaseProperty[];
}

/** Reads a document from a file. */
export async function readDocument(file: string): Promise<ReleaseDocument> {
  const text = await readFile(file, "utf8");
  try {
    return describeDocument(basename(file), text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${file}: ${reason}`, { cause: error });
  }
}

/** Takes the text that `render` prints. */
export function renderedDocument({ outputs }: Inventory): ReleaseDocument {
  const text = reveal(outputs["cloudBuildYaml"]);
  if (typeof text !== "string") throw new Error("the stack renders no document");
  return describeDocument("the rendered document", text);
}

function describeDocument(source: string, text: string): ReleaseDocument {
  const document = parseDocument(text);
  const build = parseBuild(text); // throws where Cloud Build would not even start
  const ids = stepIds(document);
  return {
    source,
    text,
    ids,
    reach: reachOf(build),
    leavesTraffic: leavesTraffic(document),
    migrateStep: ids.includes("migrate") ? "migrate" : null,
    findings: checkRelease(document).map(formatViolation),
    properties: releaseProperties(document),
  };
}
