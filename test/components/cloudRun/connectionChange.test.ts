import { describe, expect, it, vi } from "vitest";

import { MigratedService, type MigratedServiceArgs } from "../../../components";
import { evaluate, reveal, type Inventory } from "../../../inventory";

const RELEASED = `europe-west1-docker.pkg.dev/example-project/shop-dev/app@sha256:${"a".repeat(64)}`;
const PLACEHOLDER = "us-docker.pkg.dev/cloudrun/container/hello";
const CONNECTION = "cloud-run-migrations/connection";
const GENERATION = "cloud-run-migrations/password-generation";
const SERVICE = "gcp:cloudrunv2/service:Service";

const LATEST = [{ type: "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", percent: 100, revision: "" }];
const PINNED = [
  {
    type: "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION",
    percent: 100,
    revision: "shop-dev-00003",
    tag: "",
  },
];

type Change = Partial<MigratedServiceArgs>;

const IAM: Change = { database: { login: "Iam" } };
const DIRECT: Change = { service: { databaseAccess: "Direct" } };
const OTHER_ACCOUNT: Change = {
  service: { serviceAccount: "website@example-project.iam.gserviceaccount.com" },
};
const ACCOUNT: Change = { ...IAM, ...OTHER_ACCOUNT };
const EXISTING: Change = {
  database: { existingInstance: "example-project:europe-west1:shared" },
  network: {
    network: "projects/example-project/global/networks/shared",
    subnetwork: "projects/example-project/regions/europe-west1/subnetworks/shared",
  },
};

interface Live {
  traffics?: object[];
  image?: string;
  annotations?: Record<string, string>;
}

interface Outcome {
  inventory?: Inventory;
  error?: string;
  warnings: string[];
  /** What was registered, also when it failed later. */
  types: string[];
}

async function deploy(change: Change, live?: Live, preview = false): Promise<Outcome> {
  const types: string[] = [];
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const answer = (token: string) => {
    if (live === undefined || !token.endsWith("getService")) return {};
    const { image = RELEASED, traffics = LATEST, annotations = {} } = live;
    return { templates: [{ containers: [{ name: "app", image }] }], traffics, annotations };
  };
  try {
    const inventory = await evaluate(
      () => {
        new MigratedService("shop", {
          region: "europe-west1",
          source: { github: { owner: "acme", name: "shop" } },
          ...change,
        });
      },
      { answer, preview, onRegistered: ({ type }) => types.push(type) },
    );
    return { inventory, types, warnings: told(warn) };
  } catch (error) {
    return { error: (error as Error).message, types, warnings: told(warn) };
  } finally {
    warn.mockRestore();
  }
}

function told(warn: { mock: { calls: unknown[][] } }): string[] {
  return warn.mock.calls.flat().map(String);
}

/** What the service says of itself after a deployment. */
async function annotationsOf(change: Change): Promise<Record<string, string>> {
  const { inventory, error } = await deploy(change);
  expect(error).toBeUndefined();
  const service = inventory?.resources.find(({ type }) => type === SERVICE);
  return reveal(service?.inputs["annotations"]) as Record<string, string>;
}

describe("annotation of the connection", () => {
  it.each([
    ["a password", {}, /^Password\.Sidecar\.[0-9a-f]{12}$/],
    ["a token", IAM, /^Iam\.Sidecar\.[0-9a-f]{12}$/],
    ["no proxy", DIRECT, /^Password\.Direct\.[0-9a-f]{12}$/],
  ] satisfies [string, Change, RegExp][])("says login and access of %s", async (_, args, value) => {
    expect((await annotationsOf(args))[CONNECTION]).toMatch(value);
  });

  it("differs by the database user, whose name it does not show", async () => {
    const [own, other] = [await annotationsOf(IAM), await annotationsOf(ACCOUNT)];
    expect(own[CONNECTION]).not.toBe(other[CONNECTION]);
    expect(other[CONNECTION]).not.toContain("website");
  });
});

describe("another connection while traffic is pinned", () => {
  it.each([
    ["login", {}, IAM, 'database.login: expected Password while traffic .* got "Iam"'],
    ["login back", IAM, {}, 'database.login: expected Iam while traffic .* got "Password"'],
    ["access", DIRECT, {}, 'service.databaseAccess: expected Direct while .* got "Sidecar"'],
    [
      "account",
      IAM,
      ACCOUNT,
      'service.serviceAccount: expected the database user as it is while .* got the user "website@example-project.iam"',
    ],
    [
      "instance",
      {},
      EXISTING,
      'database.existingInstance: expected the database user as it is while .* got the user "shop__dev_runtime"',
    ],
  ] satisfies [string, Change, Change, string][])(
    "is refused before instance, users or service change: %s",
    async (_, before, after, words) => {
      const annotations = await annotationsOf(before);
      const { error, types } = await deploy(after, { traffics: PINNED, annotations });
      expect(error).toMatch(new RegExp(`^invalid args\n  ${words}`));
      expect(error).toContain("pinned to shop-dev-00003");
      expect(error).toContain("promote a release first");
      expect(error).not.toContain("passwordGeneration");
      expect(types).toContain("gcp:serviceaccount/account:Account");
      expect(types).not.toContain("gcp:sql/databaseInstance:DatabaseInstance");
      expect(types).not.toContain("gcp:sql/user:User");
      expect(types).not.toContain(SERVICE);
    },
  );

  it.each([
    ["a password", {}],
    ["a token", IAM],
    ["an account of somebody else", ACCOUNT],
    ["no proxy", DIRECT],
    ["an instance of somebody else", EXISTING],
  ] satisfies [string, Change][])("is none when nothing changes with %s", async (_, args) => {
    const annotations = await annotationsOf(args);
    const { error, types } = await deploy(args, { traffics: PINNED, annotations });
    expect(error).toBeUndefined();
    expect(types).toContain(SERVICE);
  });

  it("is not noticed on a service that has no annotation, or one of somebody else", async () => {
    for (const text of ["Password", "Password.Sidecar", "Token.Sidecar.ab", "Iam.Direct.ab.c"]) {
      const annotations = { [CONNECTION]: text };
      expect((await deploy(IAM, { traffics: PINNED, annotations })).error).toBeUndefined();
    }
    expect((await deploy(IAM, { traffics: PINNED })).error).toBeUndefined();
  });

  it("names a rotation too", async () => {
    const annotations = await annotationsOf(DIRECT);
    const args = { database: { passwordGeneration: 2 } };
    const { error } = await deploy(args, { traffics: PINNED, annotations });
    expect(error?.split("\n").map((line) => line.trim().split(":")[0])).toEqual([
      "invalid args",
      "database.passwordGeneration",
      "service.databaseAccess",
    ]);
  });
});

describe("another connection of a released service", () => {
  const RELEASE = "start a release right after this `up`";

  it.each([
    ["login", {}, IAM, `login of service shop-dev changes from Password to Iam; ${RELEASE}`],
    ["account", IAM, ACCOUNT, `database user of service shop-dev changes; ${RELEASE}`],
    [
      "access",
      DIRECT,
      {},
      "database access of service shop-dev changes from Direct to Sidecar; run this `up` when few requests come",
    ],
  ] satisfies [string, Change, Change, string][])(
    "is done with one warning: %s",
    async (_, before, after, words) => {
      const live = { annotations: await annotationsOf(before) };
      const { warnings, types } = await deploy(after, live);
      expect(warnings.filter((warning) => warning.includes("changes"))).toEqual([
        expect.stringContaining(words),
      ]);
      expect(types).toContain(SERVICE);
    },
  );

  it("is warned about in a preview that does not know the new user", async () => {
    const { warnings, error } = await deploy(IAM, { annotations: await annotationsOf({}) }, true);
    expect(error).toBeUndefined();
    expect(warnings.join("\n")).toContain("changes from Password to Iam");
  });

  it.each([
    ["nothing changes", IAM, IAM, {}],
    ["the proxy goes, which the instance takes on", {}, DIRECT, {}],
    ["only the placeholder serves", {}, IAM, { image: PLACEHOLDER }],
    ["an account is no database user", {}, OTHER_ACCOUNT, {}],
  ] satisfies [string, Change, Change, Live][])(
    "is no reason to warn when %s",
    async (_, before, after, live) => {
      const annotations = await annotationsOf(before);
      const { warnings, error } = await deploy(after, { ...live, annotations });
      expect(error).toBeUndefined();
      expect(warnings).toEqual([]);
    },
  );

  it("is no reason to warn on a service that was made before there was an annotation", async () => {
    const { warnings } = await deploy(IAM, { annotations: { [GENERATION]: "1" } });
    expect(warnings).toEqual([]);
  });
});
