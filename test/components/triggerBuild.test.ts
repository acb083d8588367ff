import { describe, expect, it } from "vitest";

import type { AnyBuildDocument } from "../../components";
import { toTriggerBuild } from "../../components/triggerBuild";

describe("toTriggerBuild", () => {
  it("writes lists in the plural and keeps everything else", () => {
    const document: AnyBuildDocument = {
      steps: [
        {
          id: "migrate",
          name: "image",
          entrypoint: "node",
          args: ["cli.js", "up"],
          env: ["A=1"],
          secretEnv: ["PGPASSWORD"],
          dir: "/app",
          waitFor: ["push"],
          timeout: "60s",
          volumes: [{ name: "v", path: "/v" }],
        },
        { id: "promote", name: "gcloud", script: "echo", waitFor: ["migrate"] },
      ],
      images: ["image"],
      substitutions: { _A: "1" },
      availableSecrets: { secretManager: [{ env: "PGPASSWORD", versionName: "v/1" }] },
      options: { logging: "CLOUD_LOGGING_ONLY", requestedVerifyOption: "VERIFIED" },
      timeout: "600s",
      queueTtl: "60s",
      serviceAccount: "projects/p/serviceAccounts/a",
      tags: ["release-shop"],
    };
    expect(toTriggerBuild(document)).toEqual({
      steps: [
        {
          id: "migrate",
          name: "image",
          entrypoint: "node",
          args: ["cli.js", "up"],
          envs: ["A=1"],
          secretEnvs: ["PGPASSWORD"],
          dir: "/app",
          waitFors: ["push"],
          timeout: "60s",
          volumes: [{ name: "v", path: "/v" }],
        },
        { id: "promote", name: "gcloud", script: "echo", waitFors: ["migrate"] },
      ],
      images: ["image"],
      substitutions: { _A: "1" },
      availableSecrets: { secretManagers: [{ env: "PGPASSWORD", versionName: "v/1" }] },
      options: { logging: "CLOUD_LOGGING_ONLY", requestedVerifyOption: "VERIFIED" },
      timeout: "600s",
      queueTtl: "60s",
      tags: ["release-shop"],
    });
  });

  it("writes no member that is not there", () => {
    const build = toTriggerBuild({ steps: [{ name: "image" }] });
    expect(Object.keys(build)).toEqual(["steps"]);
    expect(build.steps).toEqual([{ name: "image" }]);
    expect(Object.keys((build.steps as object[])[0]!)).toEqual(["name"]);
  });

  it("drops options that a trigger overrules", () => {
    const { options } = toTriggerBuild({
      options: {
        logging: "CLOUD_LOGGING_ONLY",
        dynamicSubstitutions: true,
        substitutionOption: "MUST_MATCH",
      },
    });
    expect(options).toEqual({ logging: "CLOUD_LOGGING_ONLY" });
  });

  it("keeps the pool, and the variables of every step", () => {
    const workerPool = "projects/p/locations/europe-west1/workerPools/shop";
    const build = toTriggerBuild({
      artifacts: { images: ["image"] },
      options: { workerPool, env: ["A=1"], secretEnv: ["B"], volumes: [{ name: "v", path: "/v" }] },
    });
    expect(build).toEqual({
      steps: [],
      artifacts: { images: ["image"] },
      options: {
        workerPool,
        envs: ["A=1"],
        secretEnvs: ["B"],
        volumes: [{ name: "v", path: "/v" }],
      },
    });
  });
});
