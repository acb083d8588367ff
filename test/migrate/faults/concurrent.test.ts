import { afterAll, beforeAll, expect, it } from "vitest";
import { documentOf } from "../support/cli";
import { createProject, removeProjects } from "../support/project";
import { type TestServer, startTestServer } from "../support/server";
import { FILES, NAMES, catalogueOf, undisturbed } from "./scene";

let server: TestServer;
let catalogue: string[];

beforeAll(async () => {
  server = await startTestServer();
  catalogue = await undisturbed(server);
});

afterAll(async () => {
  await server.stop();
  removeProjects();
});

it.each([2, 8])(
  "%i migrators at once, with a concurrent index build among the files, all end well",
  async (count) => {
    const database = await server.createDatabase();
    const project = createProject(FILES);
    const runs = await Promise.all(
      Array.from({ length: count }, () => database.run(project, [...database.upArgs, "--json"])),
    );
    expect(runs.map(({ code, stderr }) => (code === 0 ? "" : stderr))).toEqual(runs.map(() => ""));
    expect(runs.flatMap((run) => documentOf(run).committed)).toEqual(NAMES);
    expect(await database.query("SELECT name FROM pgmigrations_runs ORDER BY id")).toEqual(
      NAMES.map((name) => ({ name })),
    );
    expect(await catalogueOf(server, database)).toEqual(catalogue);
  },
);
