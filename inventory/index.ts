export { evaluate } from "./evaluate";
export type { EvaluateOptions, Inventory, InventoryResource } from "./evaluate";
export { evaluateService, evaluateStack } from "./evaluateStack";
export type { EvaluateServiceOptions, EvaluateStackOptions } from "./evaluateStack";
export { redact, reveal, SecretValue } from "./secretValue";
export type { StackName } from "./stackConfig";
export { render } from "./render";
