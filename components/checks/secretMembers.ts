import type { SecretArgs } from "../args";
import { checkExistingSecret, checkPayload, checkSecretVersion } from "../core/secrets";
import { by, flag, group, hidden, late, record, type Members } from "./shape";

// What is known now is checked by `checkSecrets`, which also says how the members go together.
const SECRET: Members<SecretArgs> = {
  value: late(by(checkPayload)),
  existingSecret: late(by(checkExistingSecret)),
  version: late(by(checkSecretVersion)),
  toRuntime: flag(hidden),
  toMigration: flag(hidden),
};

/** Named secrets; nothing that stands in the place of one is ever shown. */
export const SECRETS = record(group(SECRET, hidden), () => [], hidden);
