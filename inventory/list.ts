import { parseCommandLine, type Flags } from "./commandLine";
import type { Inventory, InventoryResource } from "./evaluate";
import { evaluateStack } from "./evaluateStack";
import { redact } from "./secretValue";
import { STACKS, type StackName } from "./stackConfig";

const FLAGS: Flags = {
  stack: { type: "string", describe: "Stack to evaluate", choices: STACKS, default: "dev" },
  args: {
    type: "string",
    describe: "JSON or YAML file with the arguments of a MigratedService, in the stack's place",
  },
  json: { type: "boolean", describe: "One JSON document" },
  "terraform-plan": { type: "boolean", describe: "For scanners", comesLater: true },
};

/** Text of `npm run inventory`: what a deployment would register, without a cloud. */
export async function list(words: readonly string[]): Promise<string> {
  const { values, help } = await parseCommandLine("inventory", FLAGS, words);
  if (help !== undefined) return help;
  const stack = values["stack"] as StackName;
  const args = values["args"] as string | undefined;
  const inventory = await evaluateStack({ stack, args });
  return values["json"] === true ? formatJson(inventory) : formatTree(inventory);
}

/** The documented form: what the program set, without what the cloud would compute. */
export function formatJson({ resources, outputs }: Inventory): string {
  const document = {
    formatVersion: 1,
    command: "inventory",
    resources: resources.map(({ type, name, parent, inputs, protect, ignoreChanges }) => {
      return { type, name, parent, inputs, protect, ignoreChanges };
    }),
    outputs,
  };
  return JSON.stringify(redact(document), null, 2);
}

function formatTree({ resources }: Inventory): string {
  const lines = childrenOf(null, resources).flatMap((root) => branch(root, resources, 0));
  const custom = resources.filter((resource) => resource.custom);
  const guarded = custom.filter((resource) => resource.protect);
  return [
    ...lines,
    "",
    `${custom.length} resources in ${resources.length - custom.length} components, ${guarded.length} protected`,
  ].join("\n");
}

function branch(
  resource: InventoryResource,
  resources: InventoryResource[],
  depth: number,
): string[] {
  const { type, name, protect } = resource;
  const line = `${"  ".repeat(depth)}${name}  ${type}${protect ? "  protected" : ""}`;
  const children = childrenOf(`${type} ${name}`, resources);
  return [line, ...children.flatMap((child) => branch(child, resources, depth + 1))];
}

function childrenOf(parent: string | null, resources: InventoryResource[]): InventoryResource[] {
  return resources.filter((resource) => resource.parent === parent);
}
