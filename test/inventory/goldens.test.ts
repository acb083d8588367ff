import { describe, expect, it } from "vitest";

import { Connectivity, Login, Preset, type MigratedServiceArgs } from "../../components";
import { evaluateService } from "../../inventory";
import { formatJson } from "../../inventory/list";
import { goldenText, type InventoryDocument } from "./inventoryDocument";

const CASES = Object.values(Preset).flatMap((preset) =>
  Object.values(Connectivity).flatMap((connectivity) =>
    Object.values(Login).map((login) => [preset, connectivity, login] as const),
  ),
);

/** As little as a user can write to get such an environment. */
function minimal(preset: Preset, connectivity: Connectivity, login: Login): MigratedServiceArgs {
  return {
    region: "europe-west1",
    preset,
    source: {
      repository:
        "projects/example-project/locations/europe-west1/connections/github/repositories/shop",
    },
    database: { login },
    migration: { connectivity },
    // Steps of Cloud Build's own machines reach public addresses only.
    ...(connectivity === Connectivity.BuildStep && { network: { publicIp: true } }),
  };
}

async function inventoryOf(args: MigratedServiceArgs): Promise<InventoryDocument> {
  return JSON.parse(formatJson(await evaluateService(args))) as InventoryDocument;
}

function typesOf({ resources }: InventoryDocument): string[] {
  return resources.map(({ type }) => String(type));
}

describe.each(CASES)("inventory with preset %s, %s and login %s", (preset, connectivity, login) => {
  it("is what was agreed", async () => {
    const document = await inventoryOf(minimal(preset, connectivity, login));
    const name = [preset, connectivity, login].join("-");
    await expect(goldenText(document)).toMatchFileSnapshot(`../golden/inventory/${name}.json`);
  });

  it("has what connectivity and login ask for, and nothing of the others", async () => {
    const document = await inventoryOf(minimal(preset, connectivity, login));
    const types = typesOf(document);
    expect(types.includes("gcp:cloudrunv2/job:Job")).toBe(connectivity === "CloudRunJob");
    expect(types.includes("gcp:cloudbuild/workerPool:WorkerPool")).toBe(
      connectivity === "PrivatePool",
    );
    expect(types.includes("gcp:secretmanager/secretVersion:SecretVersion")).toBe(
      login === "Password",
    );
    const guarded = document.resources.filter(({ protect }) => protect === true);
    expect(guarded.length > 0).toBe(preset === "Production");
    for (const { inputs } of guarded.filter(({ type }) => /secretVersion/.test(String(type)))) {
      expect(inputs).toMatchObject({ secretData: "[secret]" });
    }
  });
});
