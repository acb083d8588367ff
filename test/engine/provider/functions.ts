import type { CloudObject } from "./store";
import { isRecord, textOf, type Properties } from "./values";

interface FunctionFacts {
  /** The type that it reads. */
  type: string;
  /** Where that is found; `{name}` is the function's argument. */
  id: string;
}

const CLOUD_RUN = "projects/{project}/locations/{location}";

const FUNCTIONS: Record<string, FunctionFacts> = {
  "gcp:cloudrunv2/getService:getService": {
    type: "gcp:cloudrunv2/service:Service",
    id: `${CLOUD_RUN}/services/{name}`,
  },
  "gcp:cloudrunv2/getJob:getJob": {
    type: "gcp:cloudrunv2/job:Job",
    id: `${CLOUD_RUN}/jobs/{name}`,
  },
  "gcp:cloudrunv2/getWorkerPool:getWorkerPool": {
    type: "gcp:cloudrunv2/workerPool:WorkerPool",
    id: `${CLOUD_RUN}/workerPools/{name}`,
  },
  "gcp:sql/getDatabaseInstance:getDatabaseInstance": {
    type: "gcp:sql/databaseInstance:DatabaseInstance",
    id: "projects/{project}/instances/{name}",
  },
};

/** Answers a function from the objects. Throws in the provider's words. */
export function answer(
  token: string,
  args: Properties,
  project: string,
  objects: Record<string, CloudObject>,
): Properties {
  const facts = FUNCTIONS[token];
  if (facts === undefined) throw new Error(`unknown function ${token}`);
  const all: Properties = { project, ...args };
  const id = facts.id.replace(/\{(\w+)\}/g, (_, key: string) => textOf(all, key));
  const found = objects[id];
  if (found === undefined) throw new Error(failure(token, `${id} not found`));
  return { ...all, ...asLists({ ...found.computed, ...found.inputs }), id };
}

/** The words of a failing function: https://github.com/pulumi/pulumi-terraform-bridge. */
export function failure(token: string, message: string): string {
  return `invoking ${token}: 1 error occurred:\n\t* ${message}\n\n`;
}

/** Objects whose keys are somebody's own. */
const MAPS = /(^|[a-z])(labels|annotations|limits|nodeSelector)$/i;

/** Functions answer a nested object as a list of one, under the name in the plural. */
function asLists(properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]): [string, unknown] => {
      if (Array.isArray(value)) return [key, zeroed(key, value.map(each))];
      if (!isRecord(value) || MAPS.test(key)) return [key, value];
      return [plural(key), [asLists(value)]];
    }),
  );
}

/** `template` → `templates`, `vpcAccess` → `vpcAccesses`, `resources` → `resources` */
function plural(key: string): string {
  if (key.endsWith("ss")) return `${key}es`;
  return key.endsWith("s") ? key : `${key}s`;
}

function each(value: unknown): unknown {
  return isRecord(value) ? asLists(value) : value;
}

/** Functions answer with zero values for what is not there. */
function zeroed(key: string, list: unknown[]): unknown[] {
  if (key !== "traffics") return list;
  const zeros = { percent: 0, revision: "", tag: "", type: "" };
  return list.map((value) => ({ ...zeros, ...(value as Properties) }));
}
