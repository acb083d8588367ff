import type { Inventory } from "../inventory";
import type { SchemaState } from "../migrate";
import { type Cloud, type CloudEvent, createCloud } from "./cloud";
import type { PostgresServer } from "../migrate";
import { readReleasedSchema } from "./releasedSchema";

/** The emulated environment of one stack. */
export interface Environment {
  cloud: Cloud;
  /** The service that the client asks. */
  service: string;
  readSchema(): Promise<SchemaState>;
}

/** Starts the stand-ins for what the inventory lists. */
export async function startEnvironment(
  inventory: Inventory,
  postgres: PostgresServer,
  folder: string,
  onEvent: (event: CloudEvent) => void,
): Promise<Environment> {
  const database = databaseOf(inventory);
  const cloud = await createCloud({ inventory, postgres, folder, onEvent, ...placeOf(inventory) });
  const [service] = cloud.services.keys();
  if (service === undefined) throw new Error("the stack has no Cloud Run service");
  return { cloud, service, readSchema: () => readReleasedSchema(postgres.url(database)) };
}

/** Project and region of the service, which are those of everything. */
function placeOf({ resources }: Inventory): { project?: string; region?: string } {
  const service = resources.find(({ type }) => type === "gcp:cloudrunv2/service:Service");
  const [project, region] = [service?.state["project"], service?.inputs["location"]];
  return {
    ...(typeof project === "string" && { project }),
    ...(typeof region === "string" && { region }),
  };
}

function databaseOf({ resources }: Inventory): string {
  const name = resources.find(({ type }) => type === "gcp:sql/database:Database")?.inputs["name"];
  if (typeof name !== "string") throw new Error("the stack has no database");
  return name;
}
