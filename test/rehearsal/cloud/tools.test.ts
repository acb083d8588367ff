import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Way } from "../../../rehearsal/cloud/instance";
import { type Shell, openShell } from "./shell";
import { DOCKERFILE, IMAGE, SECRET, type Site, openSite } from "./site";

const BY_CONNECTOR: Way = { by: "connector", address: null, inNetwork: false };
const FLAGS = "--region europe-west1";

let site: Site;
let shell: Shell;
beforeAll(async () => {
  site = await openSite();
  shell = openShell(site);
});
afterAll(() => site.close());

describe("gcloud's command line", () => {
  it.each([
    ["foo", "ERROR: (gcloud) Invalid choice: 'foo'."],
    ["run services foo", "ERROR: (gcloud.run.services) Invalid choice: 'foo'."],
    ["run services", "ERROR: (gcloud.run.services) Command name argument expected."],
    [
      "run services update shop --foo",
      "ERROR: (gcloud.run.services.update) unrecognized arguments: --foo",
    ],
    [
      "run services update shop --container app --image I --no-traffic",
      "--no-traffic flag is available in one or more alternate release tracks. Try:",
    ],
    [
      "run services update shop --container app --image I --quiet",
      "ERROR: (gcloud.run.services.update) unrecognized arguments:",
    ],
    [
      "run services update shop other",
      "ERROR: (gcloud.run.services.update) unrecognized arguments: other",
    ],
    [
      "run services describe shop --region",
      "ERROR: (gcloud.run.services.describe) argument --region: expected one argument",
    ],
    [
      "run services update-traffic shop --to-latest --to-revisions a=100",
      "ERROR: (gcloud.run.services.update-traffic) argument --to-latest: At most one of --to-latest | --to-revisions | --to-tags can be specified.",
    ],
    [
      "run jobs execute shop-migrate --wait --async",
      "ERROR: (gcloud.run.jobs.execute) argument --async: At most one of --async | --wait can be specified.",
    ],
    [
      "run jobs execute shop-migrate --image x",
      "ERROR: (gcloud.run.jobs.execute) unrecognized arguments: --image",
    ],
    ["builds describe", "ERROR: (gcloud.builds.describe) argument BUILD: Must be specified."],
    [
      "run jobs execute shop-migrate --region europe-west1 --update-env-vars A",
      "Bad syntax for dict arg: [A]",
    ],
  ])("refuses %s", async (line, message) => {
    const { code, out, err } = await shell(`gcloud ${line}`);
    expect(err).toContain(message);
    expect([code, out]).toEqual([2, ""]);
  });

  it("fails with 1 when only the resource is not named", async () => {
    const { code, err } = await shell(`gcloud run services update ${FLAGS}`);
    expect(code).toBe(1);
    expect(err).toContain("The [service] resource is not properly specified.");
  });

  it("refuses a format before it does anything", async () => {
    const { code } = await shell(
      `gcloud run jobs execute shop-migrate --wait ${FLAGS} --format 'table(x)'`,
    );
    expect(code).toBe(1);
    const { out } = await shell(
      `gcloud run jobs describe shop-migrate ${FLAGS} --format 'value(status.executionCount)'`,
    );
    expect(out).toBe("0\n");
  });
});

describe("gcloud builds", () => {
  it("lists by tag and status, newest first, in its own region", async () => {
    const { builds } = site.cloud;
    const [one, two, three] = ["t", "t", "u"].map((tag) => builds.create([tag], [], {}));
    builds.start(two!);
    builds.finish(one!, "SUCCESS");
    const list = async (flags: string): Promise<string[]> => {
      const { out } = await shell(`gcloud builds list ${FLAGS} ${flags} --format 'value(id)'`);
      return out.trim().split("\n");
    };
    expect(await list("")).toEqual([three!.id, two!.id, one!.id]);
    expect(await list("--filter 'tags=\"t\"' --ongoing")).toEqual([two!.id]);
    expect(await list('--filter \'tags="t" AND status="SUCCESS"\'')).toEqual([one!.id]);
    expect(await list("--sort-by createTime --limit 1")).toEqual([one!.id]);
    expect((await shell("gcloud builds list --format 'value(id)'")).out).toBe("");
    const described = await shell(
      `gcloud builds describe ${two!.id} ${FLAGS} --format 'csv[no-heading](createTime,startTime)'`,
    );
    expect(described.out).toBe(`${two!.createTime},${two!.startTime!}\n`);
    expect((await shell(`gcloud builds describe nope ${FLAGS}`)).err).toContain("NOT_FOUND");
  });
});

describe("docker", () => {
  it("builds, pushes and names the digest", async () => {
    await site.write("version.json", '{"version":"docker"}');
    const build = await shell(
      `docker build --file Dockerfile --build-arg A= --label k=v --cache-from ${IMAGE}:cache --tag ${IMAGE}:b1 --tag ${IMAGE}:cache .`,
    );
    expect(build).toMatchObject({ code: 0, out: "" });
    expect((await shell(`docker inspect --format '{{.RepoDigests}}' ${IMAGE}:b1`)).out).toBe(
      "[]\n",
    );
    expect((await shell(`docker push ${IMAGE}:b1`)).code).toBe(0);
    const { out } = await shell(
      `docker inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' ${IMAGE}:b1`,
    );
    expect(out).toMatch(new RegExp(`^${IMAGE}@sha256:[0-9a-f]{64}\n\n$`));
    expect(
      (await shell(`docker inspect -f '{{index .Config.Labels "k"}}' ${IMAGE}:cache`)).out,
    ).toBe("v\n");
    expect(
      (await shell(`docker tag ${IMAGE}:b1 ${IMAGE}:again && docker push ${IMAGE}:again`)).out,
    ).toContain("again: digest: sha256:");
  });

  it.each([
    ["build", 1, "docker: 'docker build' requires 1 argument"],
    ["build --foo .", 125, "unknown flag: --foo"],
    [
      "build --tag gcr.io/p/app: .",
      125,
      'invalid argument "gcr.io/p/app:" for "-t, --tag" flag: invalid reference format',
    ],
    [
      "build --file nope .",
      1,
      "failed to build: failed to read dockerfile: open nope: no such file or directory",
    ],
    ["build --target nope .", 1, 'target stage "nope" could not be found'],
    ["push gcr.io/p/never:1", 1, "An image does not exist locally with the tag: gcr.io/p/never"],
    ["push gcr.io/p/app:", 1, "invalid reference format"],
    [
      "tag gcr.io/p/never:1 gcr.io/p/x:1",
      1,
      "Error response from daemon: No such image: gcr.io/p/never:1",
    ],
    ["inspect nope", 1, "Error response from daemon: No such object: nope"],
    ["foo", 1, "docker: unknown command: docker foo"],
    ["rm -f nope", 1, "Error response from daemon: No such container: nope"],
    ["run -d redis:7", 1, "expected --detach and the Cloud SQL Auth Proxy's image, got redis:7"],
  ])("refuses %s", async (line, code, message) => {
    const ran = await shell(`docker ${line}`);
    expect(ran.err).toContain(message);
    expect(ran.code).toBe(code);
  });

  it("names the line of a Dockerfile that cannot be built", async () => {
    await site.write("broken.Dockerfile", `${DOCKERFILE}COPY nothing-here /x\n`);
    const { code, err } = await shell("docker build -f broken.Dockerfile .");
    expect(code).toBe(1);
    expect(err).toContain("broken.Dockerfile:6: expected nothing-here in the context, got nothing");
  });

  it("starts the proxy on the build's network, which psql then reaches by name", async () => {
    const env = {
      PGHOST: "cloud-sql-proxy",
      PGUSER: "migrator",
      PGPASSWORD: SECRET,
      PGDATABASE: "shop",
    };
    const image = "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.18.0";
    const run = (flags: string): string =>
      `docker run -d ${flags} --name cloud-sql-proxy ${image} --port 5432 --impersonate-service-account a@b p:r:i`;
    expect((await shell("psql -c 'SELECT 1'", env)).code).toBe(2);
    expect((await shell(run("--network cloudbuild"))).out).toMatch(/^[0-9a-f]{64}\n$/);
    // Without --address 0.0.0.0 the proxy listens inside of its own container only.
    expect((await shell("psql -c 'SELECT 1'", env)).code).toBe(2);
    expect((await shell(run("--network cloudbuild"))).err).toContain("is already in use");
    expect((await shell("docker rm -f cloud-sql-proxy")).code).toBe(0);
    expect((await shell(`${run("--network cloudbuild")} --address 0.0.0.0`)).code).toBe(0);
    expect((await shell("docker logs cloud-sql-proxy")).err).toContain("p:r:i");
    expect((await shell("pg_isready", env)).code).toBe(0);
    expect((await shell("psql -XAtc 'SELECT current_user'", env)).out).toBe("migrator\n");
    await shell("docker rm -f cloud-sql-proxy");
    expect((await shell("psql -c 'SELECT 1'", env)).code).toBe(2);
  });
});

describe("psql", () => {
  const env = (): Record<string, string> => ({
    PGHOST: "127.0.0.1",
    PGPORT: String(site.postgres.port),
    PGUSER: "migrator",
    PGPASSWORD: SECRET,
    PGDATABASE: "shop",
    PGOPTIONS: "-c role=cloudsqlsuperuser",
  });

  it("runs a script from standard input, a statement at a time", async () => {
    const ran = await shell(
      `psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --set name=it\\'s <<'SQL'
CREATE TABLE a (id int, t text);
DO $$ BEGIN RAISE NOTICE 'from a block'; END $$;
INSERT INTO a VALUES (1, :'name'), (2, NULL);
SELECT * FROM a ORDER BY id;
SQL`,
      env(),
    );
    expect(ran.err).toContain("NOTICE:  from a block");
    expect(ran.out).toBe(" id | t\n----+------\n 1  | it's\n 2  |\n(2 rows)\n\n");
    expect(ran.code).toBe(0);
  });

  it("stops at the first error with 3, names its line, and hides passwords", async () => {
    const ran = await shell(
      `psql -v ON_ERROR_STOP=1 <<SQL
SELECT 1;
SELECT '${SECRET}'::int;
CREATE TABLE never ();
SQL`,
      env(),
    );
    expect(ran.code).toBe(3);
    expect(ran.err).toBe(
      'psql:<stdin>:2: ERROR:  invalid input syntax for type integer: "[secret]"\n',
    );
    expect(ran.out).toContain("?column?");
    const client = new Client({ connectionString: site.postgres.url("shop") });
    await client.connect();
    const { rows } = await client.query("SELECT to_regclass('never') AS found");
    await client.end();
    expect(rows).toEqual([{ found: null }]);
  });

  it("goes on without ON_ERROR_STOP, ends with 1 after -c and with 2 without a connection", async () => {
    expect((await shell("printf 'SELEC;\\nSELECT 7' | psql -At", env())).out).toBe("7\n");
    expect((await shell("psql -c 'SELEC'", env())).code).toBe(1);
    expect((await shell("psql -c 'SELECT 1'", { ...env(), PGPASSWORD: "wrong" })).code).toBe(2);
    expect((await shell("psql -f nope.sql", env())).err).toContain("No such file or directory");
    expect((await shell("psql --nope", env())).err).toContain("unrecognized option '--nope'");
    expect((await shell("printf '\\\\\\\\q\\n' | psql -v ON_ERROR_STOP=1", env())).code).toBe(3);
  });

  it("takes a -f file, a URL, and prints tags", async () => {
    await site.write(
      "x.sql",
      "CREATE TABLE b (); INSERT INTO a VALUES (3, 'c'); UPDATE a SET t = 'd';",
    );
    const url = `postgres://migrator:${SECRET}@127.0.0.1:${site.postgres.port}/shop`;
    const { out, code } = await shell(`psql -f x.sql '${url}'`, {
      PGOPTIONS: "-c role=cloudsqlsuperuser",
    });
    expect([out, code]).toEqual(["CREATE\nINSERT 0 1\nUPDATE 3\n", 0]);
  });
});

describe("gcloud run jobs", () => {
  const execute = `gcloud run jobs execute shop-migrate ${FLAGS} --wait`;

  async function release(job: string): Promise<string> {
    await site.write("job.js", job);
    const image = await site.image("job");
    expect(
      (await shell(`gcloud run jobs update shop-migrate ${FLAGS} --image ${image}`)).code,
    ).toBe(0);
    return image;
  }

  it("does not run an image that is not of this project", async () => {
    const { code, err } = await shell(execute);
    expect(code).toBe(1);
    expect(err).toContain("Image 'us-docker.pkg.dev/cloudrun/container/job' not found.");
  });

  it("runs the image to its end with the job's environment, and keeps the digest", async () => {
    const image = await release(
      "console.log(JSON.stringify([process.cwd(), process.env.PGHOST, process.env.PGPORT, process.env.INSTANCE_CONNECTION_NAME, process.env.COMMIT_SHA, process.env.CLOUD_RUN_JOB, process.env.PGPASSWORD]))",
    );
    const ran = await shell(
      `${execute} --update-env-vars COMMIT_SHA=abc,BUILD_ID=b --format 'value(metadata.name)'`,
    );
    expect(ran).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^shop-migrate-\w{5}\n$/) as string,
    });
    const lines = site.events.flatMap((event) =>
      event.type === "log" && event.source === "job shop-migrate" ? [event.line] : [],
    );
    expect(JSON.parse(lines.at(-1)!)).toEqual([
      expect.stringMatching(/\/app$/),
      "127.0.0.1",
      String(site.cloud.platform.doors.find(BY_CONNECTOR).port),
      null,
      "abc",
      "shop-migrate",
      "[secret]",
    ]);
    const { out } = await shell(
      `gcloud run jobs executions describe ${ran.out.trim()} ${FLAGS} --format 'value(spec.template.spec.containers[0].image,status.succeededCount,status.conditions[0].status)'`,
    );
    expect(out).toBe(`${image}\t1\tTrue\n`);
    const latest = await shell(
      `gcloud run jobs describe shop-migrate ${FLAGS} --format 'value(status.latestCreatedExecution.name)'`,
    );
    expect(latest.out).toBe(ran.out);
  });

  it("fails with the job, and says what it wrote, without its secrets", async () => {
    await release("console.error('relation missing', process.env.PGPASSWORD); process.exit(4)");
    const { code, err } = await shell(execute);
    expect(code).toBe(1);
    expect(err).toContain("ERROR: (gcloud.run.jobs.execute) The execution failed.");
    expect(err).toContain("Container called exit(4).");
    expect(err).toContain("relation missing [secret]");
  });

  it("ends a task that takes too long, also one that does not listen to SIGTERM", async () => {
    await release(
      "process.on('SIGTERM', () => console.log('asked')); setTimeout(() => process.exit(5), 60_000)",
    );
    site.cloud.jobs.get("shop-migrate")!.spec.timeoutSeconds = 0.5;
    const { code, err } = await shell(execute);
    expect(code).toBe(1);
    expect(err).toContain("The configured timeout of 0.5s was reached.");
    expect(err).toContain("asked");
  });

  it("tries as often as the job says", async () => {
    await release(
      "console.log('attempt', process.env.CLOUD_RUN_TASK_ATTEMPT); process.exit(process.env.CLOUD_RUN_TASK_ATTEMPT === '2' ? 0 : 1)",
    );
    await shell(`gcloud run jobs update shop-migrate ${FLAGS} --max-retries 1 --task-timeout 1m`);
    expect((await shell(execute)).code).toBe(1);
    await shell(`gcloud run jobs update shop-migrate ${FLAGS} --max-retries 2`);
    expect((await shell(execute)).code).toBe(0);
  });

  it.each([
    [
      "run jobs execute nope --wait",
      "ERROR: (gcloud.run.jobs.execute) Job [nope] could not be found.",
    ],
    [
      "run jobs update nope --image x",
      "ERROR: (gcloud.run.jobs.update) Job [nope] could not be found.",
    ],
    ["run jobs describe nope", "ERROR: (gcloud.run.jobs.describe) Cannot find job [nope]."],
    [
      "run jobs executions describe nope",
      "ERROR: (gcloud.run.jobs.executions.describe) Cannot find execution [nope].",
    ],
  ])("refuses %s", async (line, message) => {
    expect(await shell(`gcloud ${line} ${FLAGS}`)).toMatchObject({ code: 1, err: `${message}\n` });
  });
});

describe("a step's image", () => {
  it("has its own tools only", async () => {
    const docker = openShell(site, ["docker"]);
    expect(await docker("gcloud version")).toMatchObject({
      code: 127,
      err: "sh: gcloud: command not found (this step's image does not have it)\n",
    });
    expect((await docker("jq .")).code).toBe(127);
  });
});
