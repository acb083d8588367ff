import { BUILD } from "./build";
import { DATABASE } from "./database";
import { DOCUMENTS } from "./documents";
import { EXISTING_INSTANCE } from "./existingInstance";
import { OPTIONS } from "./options";
import { PLACE } from "./place";
import { RELEASE } from "./release";
import { SERVICE } from "./service";
import { SHAPE } from "./shape";
import type { BadArgs } from "./types";
import { VARIABLES } from "./variables";

export { PARTS, type Part } from "./parts";
export type { BadArgs } from "./types";

/** Every example of refused arguments; the first one of a rule stands in `docs/errors.md`. */
export const BAD_ARGS: BadArgs[] = [
  ...SHAPE,
  ...PLACE,
  ...BUILD,
  ...DATABASE,
  ...EXISTING_INSTANCE,
  ...VARIABLES,
  ...SERVICE,
  ...RELEASE,
  ...OPTIONS,
  ...DOCUMENTS,
];
