import { describe, expect, it } from "vitest";
import { type EnvironmentResource, readEnvironment } from "../../../rehearsal/cloud";
import { isInNetwork } from "../../../rehearsal/cloud/readContainers";
import { Redactor } from "../../../rehearsal/cloud/redactor";
import { Secrets } from "../../../rehearsal/cloud/secrets";
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
    expect(environment.instance).toMatchObject({
      privateAddresses: ["10.20.0.3"],
      publicAddresses: [],
    });
  });

  it("knows nothing of an instance that somebody else made", () => {
    expect(readEnvironment({ resources: REST }).instance).toBeNull();
  });

  it("finds secrets that somebody else made by the grants on them", () => {
    const grant = (secretId: string): EnvironmentResource => ({
      type: "gcp:secretmanager/secretIamMember:SecretIamMember",
      name: secretId,
      inputs: { secretId, role: "roles/secretmanager.secretAccessor" },
    });
    const resources = [
      ...REST,
      grant("projects/p/secrets/shop-password"),
      grant("projects/p/secrets/stripe"),
    ];
    expect(readEnvironment({ resources }).existingSecrets).toEqual(["stripe"]);
    const secrets = new Secrets(new Redactor());
    secrets.addExisting("stripe");
    expect(secrets.access("stripe", "7")).toBe(secrets.access("stripe", "latest"));
    expect(() => secrets.access("stripe", "none")).toThrow("not found");
    expect(() => secrets.access("other", "1")).toThrow("Secret [other] not found");
  });

  it("reads how an instance lets itself be reached", () => {
    const read = (settings: unknown): unknown =>
      readEnvironment({
        resources: [
          { type: "gcp:sql/databaseInstance:DatabaseInstance", name: "db", inputs: { settings } },
        ],
      }).instance;
    expect(
      read({
        connectorEnforcement: "REQUIRED",
        ipConfiguration: { ipv4Enabled: false, privateNetwork: "n", sslMode: "ENCRYPTED_ONLY" },
      }),
    ).toMatchObject({
      isPrivate: true,
      isPublic: false,
      tlsMode: "ENCRYPTED_ONLY",
      requiresConnector: true,
    });
    expect(
      read({ ipConfiguration: { authorizedNetworks: [{ value: "0.0.0.0/0" }] } }),
    ).toMatchObject({ isPrivate: false, isPublic: true, isOpenToAll: true });
  });

  it("tells which pools are on the network, and who may take backups", () => {
    const pool = (name: string, networkConfig?: unknown): EnvironmentResource => ({
      type: "gcp:cloudbuild/workerPool:WorkerPool",
      name,
      inputs: { name, location: "europe-west1", ...(networkConfig ? { networkConfig } : {}) },
      state: { project: "p" },
    });
    const grant = (role: string): EnvironmentResource => ({
      type: "gcp:projects/iAMMember:IAMMember",
      name: "grant",
      inputs: { role, member: "serviceAccount:migrate@p.iam.gserviceaccount.com" },
    });
    const role = (...permissions: string[]): EnvironmentResource => ({
      type: "gcp:projects/iAMCustomRole:IAMCustomRole",
      name: "backup",
      inputs: { roleId: "backup", permissions },
    });
    const BACKUP = ["cloudsql.backupRuns.create", "cloudsql.backupRuns.get"];
    const pools = [pool("a", { peeredNetwork: "n" }), pool("b")];
    expect([...readEnvironment({ resources: pools }).pools]).toEqual([
      ["projects/p/locations/europe-west1/workerPools/a", true],
      ["projects/p/locations/europe-west1/workerPools/b", false],
    ]);
    const may = (...resources: EnvironmentResource[]): boolean =>
      readEnvironment({ resources }).mayBackUp;
    expect(may(role(...BACKUP), grant("projects/p/roles/backup"))).toBe(true);
    expect(may(role("cloudsql.backupRuns.get"), grant("projects/p/roles/backup"))).toBe(false);
    expect(may(role(...BACKUP))).toBe(false);
    expect(may(grant("roles/cloudsql.client"))).toBe(false);
    expect(may(grant("roles/cloudsql.admin"))).toBe(true);
  });

  it("reads worker pools, and what runs on a network", () => {
    const resource: EnvironmentResource = {
      type: "gcp:cloudrunv2/workerPool:WorkerPool",
      name: "shop-mailer",
      inputs: {
        name: "shop-mailer",
        scaling: { manualInstanceCount: 2 },
        template: {
          containers: [{ name: "app", image: "i" }],
          vpcAccess: { networkInterfaces: [{ network: "n", subnetwork: "s" }] },
        },
      },
    };
    const [pool] = readEnvironment({ resources: [resource] }).workerPools;
    expect(pool).toMatchObject({ name: "shop-mailer", instances: 2 });
    expect(isInNetwork(pool!.metadata.annotations)).toBe(true);
    const [service] = readEnvironment({ resources: [SERVICE] }).services;
    expect(isInNetwork(service!.template.metadata.annotations)).toBe(false);
  });
});
