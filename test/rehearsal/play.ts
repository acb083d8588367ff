import { mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MigratedServiceArgs } from "../../components";
import { evaluateService, reveal } from "../../inventory";
import type { CloudEvent } from "../../rehearsal/cloud";
import { findContext } from "../../rehearsal/contextSource";
import { type Environment, startEnvironment } from "../../rehearsal/environment";
import { type BuildOutcome, playBuild } from "../../rehearsal/player";
import { type PostgresServer, startPostgres } from "../../migrate/postgres";
import { createWorkspace } from "../../rehearsal/workspace";

/** Arguments of a `MigratedService` for the sample service, which answers `/health`. */
export const ARGS: MigratedServiceArgs = {
  region: "europe-west1",
  preset: "Development",
  source: {
    repository:
      "projects/example-project/locations/europe-west1/connections/github/repositories/shop",
  },
  database: { extensions: ["citext"] },
  service: { startupPath: "/health" },
};

/** The environment that these arguments describe, and the sample service's sources. */
export interface Play extends Environment {
  postgres: PostgresServer;
  workspace: string;
  /** The document that the trigger would run. */
  document: string;
  events: CloudEvent[];
  read(path: string): Promise<string>;
  write(path: string, text: string): Promise<void>;
  /** Runs the trigger's build once, or another one. */
  release(document?: string): Promise<BuildOutcome>;
  close(): Promise<void>;
}

/** `service` is the folder of a service with a Dockerfile, for which the arguments are. */
export async function openPlay(
  args: MigratedServiceArgs,
  service: string | null = null,
): Promise<Play> {
  const inventory = await evaluateService(args);
  const document = reveal(inventory.outputs["cloudBuildYaml"]) as string;
  const folder = await realpath(await mkdtemp(join(tmpdir(), "play-")));
  const workspace = join(folder, "workspace");
  const { source } = findContext({
    service,
    migrations: null,
    endpoint: null,
    document: null,
  });
  await createWorkspace(source, workspace);
  const events: CloudEvent[] = [];
  const postgres = await startPostgres();
  const environment = await startEnvironment(inventory, postgres, folder, (event) =>
    events.push(event),
  );
  const { cloud } = environment;
  return {
    ...environment,
    postgres,
    workspace,
    document,
    events,
    read: (path) => readFile(join(workspace, path), "utf8"),
    write: (path, text) => writeFile(join(workspace, path), text),
    release: (other = document) =>
      playBuild({
        document: other,
        workspace,
        cloud,
        substitutions: { COMMIT_SHA: "0123456789abcdef0123456789abcdef01234567" },
      }),
    async close() {
      await cloud.close();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Lines of one step, job or worker. */
export function linesOf({ events }: Pick<Play, "events">, source: string): string[] {
  return events.flatMap((event) =>
    event.type === "log" && event.source === source ? [event.line] : [],
  );
}
