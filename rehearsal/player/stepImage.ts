import type { Cloud } from "../cloud";
import type { ContainerImage } from "../cloud/container";
import { isPostgresImage, isProxyImage } from "../cloud/knative";
import type { ToolName } from "../cloud/tools";

/** What a step's image is here. */
export interface StepImage {
  /** Null for Google's builders, of which only the tools are used. */
  image: ContainerImage | null;
  /** What the image starts without `entrypoint`. */
  entrypoint: string[];
  tools: ToolName[];
}

/** The official builders, by their names without tag. */
const BUILDERS: [RegExp, Omit<StepImage, "image">][] = [
  [
    /^(gcr\.io\/cloud-builders\/docker|(docker\.io\/)?(library\/)?docker)(:|@|$)/,
    { entrypoint: ["docker"], tools: ["docker"] },
  ],
  [/^gcr\.io\/cloud-builders\/gcloud(:|@|$)/, { entrypoint: ["gcloud"], tools: ["gcloud"] }],
  [
    /^(gcr\.io\/google\.com\/cloudsdktool\/|google\/)(cloud-sdk|google-cloud-cli)(:|@|$)/,
    { entrypoint: [], tools: ["gcloud"] },
  ],
];

/** Finds out what a step runs in; throws for an image that is not known here. */
export function findStepImage(cloud: Cloud, name: string): StepImage {
  const builder = BUILDERS.find(([pattern]) => pattern.test(name))?.[1];
  if (builder !== undefined) return { ...builder, image: null };
  if (isPostgresImage(name)) {
    return { image: { kind: "postgres" }, entrypoint: [], tools: ["psql", "pg_isready"] };
  }
  if (isProxyImage(name)) {
    throw new Error(
      `${name}: the proxy never ends, and so would its step; start it detached, by docker run --detach`,
    );
  }
  const { registry } = cloud.platform;
  const digest = registry.localDigest(name);
  const image = (digest === null ? null : registry.get(digest)) ?? registry.find(name);
  if (image !== null) {
    return { image: { kind: "built", image }, entrypoint: [], tools: [] };
  }
  throw new Error(
    `${name}: expected an image of this build, gcr.io/cloud-builders/docker, a gcloud image or postgres; ` +
      "other images are not downloaded",
  );
}
