import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { MigratedServiceArgs } from "../../../components";

/** The repository. */
export const ROOT = process.cwd();

/** Files of a program, and what its stack starts with. */
export interface Program {
  stack: string;
  write(folder: string): void;
}

/** The repository's own stack, as it is: its source, its project file and its settings. */
export function ourStack(stack: string): Program {
  return {
    stack,
    write(folder) {
      const files = ["Pulumi.yaml", `Pulumi.${stack}.yaml`, "index.ts", "tsconfig.json"];
      for (const file of files) copyFileSync(join(ROOT, file), join(folder, file));
      for (const linked of ["components", "node_modules", "package.json"]) {
        symlinkSync(join(ROOT, linked), join(folder, linked));
      }
    },
  };
}

const OTHER_PROGRAM = `
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const pulumi = require("@pulumi/pulumi");
const { MigratedService } = require(${JSON.stringify(join(ROOT, "dist/components"))});

module.exports = () => {
  const told = JSON.parse(readFileSync(join(__dirname, "args.json"), "utf8"));
  const { args, name, aliases, platform, keeps, leaves, takes } = told;
  if (leaves) return {};
  const parent = platform && new pulumi.ComponentResource("other:index:Platform", platform);
  const earlier = aliases.map((alias) => (alias.moved ? { parent: undefined } : alias));
  const keeping = ({ type, props, opts }) =>
    keeps.some((kept) => type.startsWith(kept))
      ? { props, opts: pulumi.mergeOptions(opts, { retainOnDelete: true }) }
      : undefined;
  const taking = ({ name, props, opts }) =>
    name === takes?.name
      ? { props, opts: pulumi.mergeOptions(opts, takes.options) }
      : undefined;
  const shop = new MigratedService(name, args, {
    aliases: earlier,
    ...(parent && { parent }),
    transforms: [...(keeps.length > 0 ? [keeping] : []), ...(takes ? [taking] : [])],
  });
  return {
    serviceUrl: shop.serviceUrl,
    secretIds: shop.secretIds,
    connectionName: shop.connectionName,
    cloudBuildYaml: shop.cloudBuildYaml,
  };
};
`;

/** What the program of somebody else is told. */
export interface OtherProgram {
  args: MigratedServiceArgs;
  stack?: string;
  /** Name of the component. */
  name?: string;
  /** What it was before; `moved` says that it stood alone. */
  aliases?: { name?: string; type?: string; moved?: true }[];
  /** Name of a component around it. */
  platform?: string;
  /** Beginnings of types that stay in the cloud when Pulumi forgets them. */
  keeps?: string[];
  /** A child that is there already, and the options that hand it to Pulumi. */
  takes?: { name: string; options: { import: string; ignoreChanges?: string[] } };
  /** The component is taken out of the program. */
  leaves?: true;
  /** Reads everything before every operation. */
  refresh?: boolean;
}

/** A program of somebody else: plain JavaScript, our package as it is published. */
export function otherProgram(options: OtherProgram): Program {
  const project = {
    name: "other",
    runtime: { name: "nodejs", options: { typescript: false } },
    ...(options.refresh === true && { options: { refresh: "always" } }),
  };
  const stack = options.stack ?? "dev";
  return {
    stack,
    write(folder) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "Pulumi.yaml"), JSON.stringify(project));
      writeFileSync(
        join(folder, "package.json"),
        JSON.stringify({ name: "other", main: "index.js" }),
      );
      writeFileSync(join(folder, "index.js"), OTHER_PROGRAM);
      symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
      const config = { config: { "gcp:project": "example-project" } };
      writeFileSync(join(folder, `Pulumi.${stack}.yaml`), JSON.stringify(config));
      tell(folder, options);
    },
  };
}

/** Tells the program of somebody else something new. */
export function tell(folder: string, options: OtherProgram): void {
  const { args, name = "shop", aliases = [], keeps = [], platform, leaves, takes } = options;
  const told = { args, name, aliases, platform, keeps, leaves, takes };
  writeFileSync(join(folder, "args.json"), JSON.stringify(told));
}
