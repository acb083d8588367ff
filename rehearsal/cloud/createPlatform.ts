import { join } from "node:path";
import type { CloudOptions } from "./cloud";
import { Doors } from "./doors";
import type { Environment } from "./environment";
import type { Emit, Rewrite } from "./events";
import { UNKNOWN_INSTANCE } from "./instance";
import type { Platform } from "./platform";
import type { Processes } from "./processes";
import { Redactor } from "./redactor";
import { Registry } from "./registry";
import { Secrets } from "./secrets";
import { SqlAdmin } from "./sqlAdmin";
import { Tools } from "./tools";

/** What every part of the cloud's stand-in shares. Nothing listens yet. */
export function createPlatform(
  options: CloudOptions,
  environment: Environment,
  rewrites: Rewrite[],
  processes: Processes,
): Platform {
  const { folder, postgres, project = "example-project", region = "europe-west1" } = options;
  const emit: Emit = (event) => {
    options.onEvent?.({ at: Date.now(), ...event });
  };
  const redactor = new Redactor();
  const secrets = new Secrets(redactor);
  for (const { id, payload } of environment.secrets) secrets.add(id, payload);
  for (const id of environment.existingSecrets) secrets.addExisting(id);
  for (const { password } of environment.users) if (password !== undefined) redactor.add(password);
  const instance = environment.instance ?? UNKNOWN_INSTANCE;
  return {
    project,
    region,
    folder,
    home: join(folder, "home"),
    temporary: join(folder, "tmp"),
    processes,
    registry: new Registry(join(folder, "images"), emit),
    secrets,
    redactor,
    tools: new Tools(join(folder, "bin")),
    instance,
    doors: new Doors(instance, postgres),
    sqlAdmin: new SqlAdmin(emit, environment.mayBackUp),
    pools: environment.pools,
    emit,
    recordRewrites(added) {
      for (const { where, name, from, to } of added) {
        const rewrite = { where, name, from: redactor.redact(from), to };
        const isKnown = rewrites.some((other) => other.where === where && other.name === name);
        if (isKnown) continue;
        rewrites.push(rewrite);
        emit({ type: "rewrite", ...rewrite });
      }
    },
  };
}
