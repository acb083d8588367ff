import { MigratedService, type MigratedServiceArgs } from "../components";
import stack from "../index";
import { readArgsFile } from "./argsFile";
import { evaluate, type EvaluateOptions, type Inventory } from "./evaluate";
import { readStackConfig, type StackName } from "./stackConfig";

export interface EvaluateStackOptions extends Pick<EvaluateOptions, "preview" | "answer"> {
  stack: StackName;
  /**
   * File with the arguments of a `MigratedService`, JSON or YAML, in the stack's program's place.
   *
   * @default - the stack's program
   */
  args?: string | undefined;
  /** Configuration over the stack's own, by full key. */
  config?: Record<string, string>;
}

/** Runs the stack's program with the configuration in its file, or a program of these arguments. */
export function evaluateStack({
  stack: name,
  args,
  config,
  ...options
}: EvaluateStackOptions): Promise<Inventory> {
  if (args !== undefined) return evaluateService(readArgsFile(args), { ...options, stack: name });
  const file = readStackConfig(name);
  return evaluate(stack, {
    ...options,
    stack: name,
    project: file.project,
    config: { ...file.config, ...config },
  });
}

export interface EvaluateServiceOptions extends Pick<EvaluateOptions, "preview" | "answer"> {
  /** @default "dev" */
  stack?: StackName;
  /** Name of the component. @default "shop" */
  name?: string;
}

/** Runs a program of one `MigratedService` with these arguments. */
export function evaluateService(
  args: MigratedServiceArgs,
  { name = "shop", ...options }: EvaluateServiceOptions = {},
): Promise<Inventory> {
  return evaluate(() => {
    const service = new MigratedService(name, args);
    const { serviceUrl, serviceName, imageRepository, connectionName, databaseName } = service;
    const { migrationJob, triggerId, secretIds, cloudBuildYaml, rollbackCommand } = service;
    const { buildServiceAccount, migratorServiceAccount, runtimeServiceAccount } = service;
    return {
      ...{ serviceUrl, serviceName, imageRepository, connectionName, databaseName },
      ...{ migrationJob, triggerId, secretIds, cloudBuildYaml, rollbackCommand },
      ...{ buildServiceAccount, migratorServiceAccount, runtimeServiceAccount },
    };
  }, options);
}
