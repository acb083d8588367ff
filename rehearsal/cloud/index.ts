export { type BuildRecord, type BuildStatus } from "./builds";
export { type Cloud, type CloudOptions, createCloud } from "./cloud";
export {
  type Environment,
  type EnvironmentInventory,
  type EnvironmentResource,
  readEnvironment,
} from "./environment";
export { type CloudEvent, type CloudEventDetail, type Rewrite } from "./events";
