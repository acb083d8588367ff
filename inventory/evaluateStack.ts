import { MigratedService, type MigratedServiceArgs } from "../components";
import stack from "../index";
import { evaluate, type EvaluateOptions, type Inventory } from "./evaluate";
import { readStackConfig, type StackName } from "./stackConfig";

export interface EvaluateStackOptions extends Pick<EvaluateOptions, "preview" | "answer"> {
  stack: StackName;
  /** Configuration over the stack's own, by full key. */
  config?: Record<string, string>;
}

/** Runs the stack's program with the configuration in its file. */
export function evaluateStack({
  stack: name,
  config,
  ...options
}: EvaluateStackOptions): Promise<Inventory> {
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
