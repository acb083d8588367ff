import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EnvironmentResource } from "../../../rehearsal/cloud";
import { BuildNetwork } from "../../../rehearsal/cloud/network";
import { type Shell, openShell } from "./shell";
import { JOB, REST, SERVICE, type Site, openSite } from "./site";

const INSTANCE: EnvironmentResource = {
  type: "gcp:sql/databaseInstance:DatabaseInstance",
  name: "shop",
  inputs: {
    settings: {
      connectorEnforcement: "REQUIRED",
      ipConfiguration: { ipv4Enabled: false, privateNetwork: "n" },
    },
  },
};
const IMAGE = "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.18.0";
const RUN = "docker run -d --network cloudbuild";
const PROXY = `${IMAGE} --address 0.0.0.0 --run-connection-test`;
const QUESTION = 'PGPASSWORD="$PASSWORD" psql -h proxy -U migrator -d shop -Atc "SELECT 1"';

let site: Site;
beforeAll(async () => {
  site = await openSite([SERVICE, JOB, INSTANCE, ...REST]);
});
afterAll(() => site.close());

async function ask(inNetwork: boolean, flags: string): Promise<{ out: string; err: string }> {
  const network = new BuildNetwork(inNetwork);
  const shell: Shell = openShell(site, ["docker", "psql"], network);
  await network.reserve("proxy");
  const run = `${RUN} --name proxy ${PROXY} ${flags} p:europe-west1:shop >/dev/null`;
  const password = site.cloud.platform.secrets.access("shop-password", "1");
  const answer = await shell(`${run}; docker logs proxy; ${QUESTION}`, { PASSWORD: password });
  await network.close();
  return answer;
}

describe("the Auth Proxy of a build", () => {
  it("reaches a private address from a private pool", async () => {
    const { out, err } = await ask(true, "--private-ip");
    expect(out).toBe("1\n");
    expect(err).toContain("The proxy has started successfully for p:europe-west1:shop");
  });

  it.each([
    [
      "a private address from elsewhere",
      false,
      "--private-ip",
      "the instance's private address cannot be reached from outside of its network",
    ],
    ["a public address that is not there", true, "", "the instance has no public address"],
  ])("ends before it reaches %s", async (_, inNetwork, flags, reason) => {
    const { out, err } = await ask(inNetwork, flags);
    expect(out).toBe("");
    expect(err).toContain(`connection test failed for p:europe-west1:shop: ${reason}`);
    expect(err).toContain("psql: error: connection to server at");
  });
});
