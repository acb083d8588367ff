import type { ContainerImage } from "./container";
import { type Condition, type RevisionTemplate, ingressContainer } from "./knative";
import type { Platform } from "./platform";
import type { Service } from "./service";

/** A service as gcloud prints it. */
export function describeService(
  service: Service,
  { project, region }: Platform,
): Record<string, unknown> {
  const { name, labels, template, traffic, generation, createdAt } = service;
  const { latestReady, latestCreated, revisions, router } = service;
  const created = latestCreated === null ? undefined : revisions.get(latestCreated);
  const configured: Condition = {
    ...(created?.ready ?? { status: "Unknown", lastTransitionTime: createdAt }),
    type: "ConfigurationsReady",
  };
  const routed: Condition = { type: "RoutesReady", status: "True", lastTransitionTime: createdAt };
  return {
    apiVersion: "serving.knative.dev/v1",
    kind: "Service",
    metadata: {
      name,
      namespace: project,
      labels: { ...labels, "cloud.googleapis.com/location": region },
      annotations: {},
      generation,
      creationTimestamp: createdAt,
    },
    spec: { template, traffic },
    status: {
      observedGeneration: generation,
      conditions: [{ ...configured, type: "Ready" }, configured, routed],
      ...(latestReady === null ? {} : { latestReadyRevisionName: latestReady }),
      ...(latestCreated === null ? {} : { latestCreatedRevisionName: latestCreated }),
      traffic: service.status(),
      url: router.url,
      address: { url: router.url },
    },
  };
}

/** A revision names its image by digest, whatever tag the service was given. */
export function resolved(template: RevisionTemplate, image: ContainerImage): RevisionTemplate {
  const copy = structuredClone(template);
  if (image.kind !== "built") return copy;
  const container = ingressContainer(copy.spec.containers);
  if (!container.image.includes("@")) {
    container.image = `${container.image.replace(/:[\w.-]+$/, "")}@${image.image.digest}`;
  }
  return copy;
}
