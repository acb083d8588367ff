import { createServer } from "node:net";
import type { AddressInfo } from "node:net";

import { describe, expect, it } from "vitest";

import { connectStep } from "../../components/build/connect";
import { STEP_IMAGES } from "../../components/build/images";
import { renderRelease } from "../../components/build/renderRelease";
import { linesOf, type Outcome, runScript } from "./helpers/bash";
import {
  command,
  iamLogin,
  passwordLogin,
  poolReach,
  releaseOptions,
  stepReach,
} from "./helpers/options";

async function withListener<T>(use: (port: string) => Promise<T>): Promise<T> {
  const server = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await use(String((server.address() as AddressInfo).port));
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

const proxy = `run -d --network cloudbuild --name cloud-sql-proxy ${STEP_IMAGES.cloudSqlProxy} --address 0.0.0.0 --port 5432 --run-connection-test --impersonate-service-account shop-migrator@example-project.iam.gserviceaccount.com`;

describe("connect", () => {
  it.each([
    ["password", passwordLogin, ""],
    ["IAM", iamLogin, " --auto-iam-authn"],
  ])("starts the proxy for a %s login and waits until it answers", async (_, login, flag) => {
    const outcome = await withListener((PGPORT) =>
      runScript(connectStep(stepReach(login), "PUBLIC"), [{ to: "docker " }], {
        env: { PGHOST: "127.0.0.1", PGPORT },
      }),
    );
    expect(outcome.stderr).toBe("");
    expect(outcome.status).toBe(0);
    expect(linesOf(outcome, "docker")).toEqual([
      "rm -f cloud-sql-proxy",
      `${proxy}${flag} example-project:europe-west1:shop-1a2b3c4d`,
    ]);
    expect(outcome.stdout).toContain(
      "the proxy reaches example-project:europe-west1:shop-1a2b3c4d (attempt 1, 1 s)\n",
    );
  });

  it("takes the private address in a private pool", async () => {
    const { steps } = renderRelease(
      releaseOptions({ reach: poolReach(iamLogin), migration: command }),
    );
    const step = steps.find(({ id }) => id === "connect")!;
    const outcome = await withListener((PGPORT) =>
      runScript(step, [{ to: "docker " }], { env: { PGHOST: "127.0.0.1", PGPORT } }),
    );
    expect(outcome.status).toBe(0);
    expect(linesOf(outcome, "docker")[1]).toBe(
      `${proxy.replace("--run-connection-test", "--run-connection-test --private-ip")} --auto-iam-authn example-project:europe-west1:shop-1a2b3c4d`,
    );
  });

  it("starts it anew a bounded number of times, then fails with its log", async () => {
    // Port 1 of the loopback: nothing listens there.
    const outcome: Outcome = await runScript(
      connectStep(stepReach(passwordLogin), "PUBLIC"),
      [
        { to: "docker logs", stdout: "403: missing cloudsql.instances.connect\n" },
        { to: "docker " },
      ],
      { env: { PGHOST: "127.0.0.1", PGPORT: "1" } },
    );
    expect(outcome.status).toBe(1);
    expect(linesOf(outcome, "docker").filter((line) => line.startsWith("run"))).toHaveLength(8);
    expect(outcome.stderr).toContain("403: missing cloudsql.instances.connect\n");
    expect(outcome.stderr).toContain(
      "error: the proxy did not reach example-project:europe-west1:shop-1a2b3c4d; nothing was changed\n",
    );
  });

  it("fails when the container cannot be started", async () => {
    const outcome = await runScript(connectStep(stepReach(passwordLogin), "PUBLIC"), [
      { to: "docker rm" },
      { to: "docker run", status: 125, stderr: "no such network\n" },
    ]);
    expect(outcome.status).toBe(125);
  });
});
