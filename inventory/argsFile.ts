import { readFileSync } from "node:fs";

import { parse } from "yaml";

import type { MigratedServiceArgs } from "../components";
import { InvalidArguments } from "./commandLine";

/** Arguments of a `MigratedService` from a JSON or YAML file. The component checks them. */
export function readArgsFile(file: string): MigratedServiceArgs {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const { code = "no answer" } = error as NodeJS.ErrnoException;
    throw new InvalidArguments([
      { path: "--args", expected: "a file that can be read", got: code },
    ]);
  }
  try {
    return parse(text) as MigratedServiceArgs;
  } catch {
    throw new InvalidArguments([
      { path: "--args", expected: "a file of JSON or YAML", got: JSON.stringify(file) },
    ]);
  }
}
