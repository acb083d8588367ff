/** What `npm run inventory -- --json` prints. */
export interface InventoryDocument {
  formatVersion: number;
  command: string;
  resources: Record<string, unknown>[];
  outputs: Record<string, unknown>;
}

/** The text of a golden: what the release document says has goldens of its own. */
export function goldenText(document: InventoryDocument): string {
  for (const { type, inputs } of document.resources) {
    if (type !== "gcp:cloudbuild/trigger:Trigger") continue;
    const build = (inputs as { build: { steps: unknown; timeout: unknown } }).build;
    build.steps = (build.steps as { id: string }[]).map(({ id }) => id);
    build.timeout = "[sum]";
  }
  document.outputs["cloudBuildYaml"] = "[document]";
  return `${JSON.stringify(document, null, 2)}\n`;
}
