import { describe, expect, it } from "vitest";
import { readEnvironment } from "../../../rehearsal/cloud";
import { JOB, REST, SECRET, SERVICE } from "./site";

describe("readEnvironment", () => {
  it("reads what a service of the v2 API means in the v1 API", () => {
    const [service] = readEnvironment({ resources: [SERVICE] }).services;
    expect(service).toMatchObject({
      name: "shop",
      labels: { team: "a" },
      traffic: [{ latestRevision: true, percent: 100 }],
    });
    expect(service!.template.spec.containers).toEqual([
      {
        name: "app",
        image: "us-docker.pkg.dev/cloudrun/container/hello",
        ports: [{ containerPort: 8080 }],
        startupProbe: {
          httpGet: { path: "/healthz", port: 8080 },
          periodSeconds: 1,
          failureThreshold: 2,
          timeoutSeconds: 1,
        },
        env: [
          { name: "PGHOST", value: "localhost" },
          { name: "PGPORT", value: "5432" },
          { name: "GREETING", value: "hello" },
          { name: "PASSWORD", valueFrom: { secretKeyRef: { name: "shop-password", key: "1" } } },
        ],
      },
      {
        name: "cloud-sql-proxy",
        image: "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.18.0",
        env: [],
      },
    ]);
  });

  it("keeps traffic that is pinned to a revision", () => {
    const traffics = [
      { type: "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", revision: "shop-1", percent: 100 },
      { type: "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", percent: 0, tag: "next" },
    ];
    const resource = { ...SERVICE, inputs: { ...SERVICE.inputs, traffics } };
    expect(readEnvironment({ resources: [resource] }).services[0]!.traffic).toEqual([
      { revisionName: "shop-1", percent: 100 },
      { latestRevision: true, percent: 0, tag: "next" },
    ]);
  });

  it("reads jobs, with Cloud Run's own defaults", () => {
    const [job] = readEnvironment({ resources: [JOB] }).jobs;
    expect(job).toMatchObject({
      name: "shop-migrate",
      taskCount: 1,
      maxRetries: 0,
      timeoutSeconds: 2,
    });
    expect(job!.containers[0]).toMatchObject({ command: ["node"], args: ["job.js"] });
    const bare = { ...JOB, inputs: { name: "j", template: { template: { containers: [] } } } };
    expect(readEnvironment({ resources: [bare] }).jobs[0]).toMatchObject({
      maxRetries: 3,
      timeoutSeconds: 600,
    });
  });

  it("opens secrets, tells IAM users from others, and finds the addresses of an instance", () => {
    const iam = {
      type: "gcp:sql/user:User",
      name: "iam",
      inputs: {
        name: "run@p.iam",
        type: "CLOUD_IAM_SERVICE_ACCOUNT",
        databaseRoles: ["pg_monitor"],
      },
    };
    const instance = {
      type: "gcp:sql/databaseInstance:DatabaseInstance",
      name: "db",
      inputs: {},
      state: { privateIpAddress: "10.20.0.3", publicIpAddress: "" },
    };
    const environment = readEnvironment({ resources: [...REST, iam, instance] });
    expect(environment.secrets).toEqual([{ id: "shop-password", payload: SECRET }]);
    expect(environment.databases).toEqual(["shop"]);
    expect(environment.users).toEqual([
      { name: "migrator", password: SECRET, databaseRoles: ["cloudsqlsuperuser"] },
      { name: "run@p.iam", databaseRoles: ["pg_monitor"] },
    ]);
    expect(environment.databaseHosts).toEqual(["10.20.0.3"]);
  });
});
