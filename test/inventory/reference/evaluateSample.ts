import type { MigratedServiceArgs } from "../../../components";
import { evaluateService, type Inventory } from "../../../inventory";
import { diffInventories, type Difference } from "../../../inventory/reference/diff";
import type { Sample } from "./samples";

/** What every sample begins with: a GitHub repository is the only source without a region. */
const REQUIRED = {
  region: "europe-west1",
  source: { github: { owner: "example", name: "shop" } },
};

/** What a deployment of the sample's change would do. */
export async function evaluateSample({
  before = {},
  change,
  isReleased,
}: Sample): Promise<Difference[]> {
  const old = merge(REQUIRED, before);
  const was = await evaluateOnce(old, isReleased === true);
  return diffInventories(was, await evaluateOnce(merge(old, change), isReleased === true));
}

const evaluated = new Map<string, Promise<Inventory>>();

/** Many samples begin with the same arguments. */
function evaluateOnce(args: Members, isReleased: boolean): Promise<Inventory> {
  const key = JSON.stringify([args, isReleased]);
  const found = evaluated.get(key);
  if (found !== undefined) return found;
  const options = isReleased ? { answer: answerReleased } : {};
  const inventory = evaluateService(args as unknown as MigratedServiceArgs, options);
  evaluated.set(key, inventory);
  return inventory;
}

type Members = Record<string, unknown>;

/** `over` wins; groups are merged, and `undefined` takes a member away. */
function merge(under: object, over: object): Members {
  const merged = new Map<string, unknown>(Object.entries(under));
  for (const [key, value] of Object.entries(over)) {
    const own = merged.get(key);
    if (value === undefined) merged.delete(key);
    else merged.set(key, isGroup(own) && isGroup(value) ? merge(own, value) : value);
  }
  return Object.fromEntries(merged);
}

function isGroup(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Service and jobs as a release left them. */
function answerReleased(token: string): Members {
  const containers = [{ name: "app", image: "europe-west1-docker.pkg.dev/p/r/app@sha256:1" }];
  if (token.startsWith("gcp:cloudrunv2/getJob:")) {
    return { templates: [{ templates: [{ containers }] }] };
  }
  return token.startsWith("gcp:cloudrunv2/") ? { templates: [{ containers }] } : {};
}
