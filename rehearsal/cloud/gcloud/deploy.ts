import { type RevisionTemplate, type TrafficTarget, ingressContainer } from "../knative";
import type { Service } from "../service";
import { updateTags, zeroLatest } from "../traffic";
import { applyContainerFlags } from "./containerFlags";
import {
  CloudError,
  type CommandInput,
  type CommandResult,
  changed,
  findService,
  flag,
  subject,
} from "./context";
import { changedLabels } from "./labels";

/** `gcloud run services update`, and `run deploy` of a service that is there. */
export async function update(input: CommandInput, service: Service): Promise<CommandResult> {
  const { words, parsed, state, say } = input;
  const containers = applyContainerFlags(words, parsed, service.template.spec.containers);
  const remove = flag(parsed, "remove-containers")?.split(",") ?? [];
  const kept = containers.filter(({ name }) => !remove.includes(name));
  const reference = ingressContainer(kept).image;
  const image = state.findImage(reference);
  if (image === null) throw new CloudError(`Image '${reference}' not found.`);
  const labels = changedLabels(input, service.labels);
  const template: RevisionTemplate = {
    metadata: {
      ...(suffixed(input, service.name) ?? {}),
      labels: changedLabels(input, service.template.metadata.labels ?? {}),
      annotations: service.template.metadata.annotations ?? {},
    },
    spec: { ...service.template.spec, containers: kept },
  };
  const name = template.metadata.name;
  if (name !== undefined && service.revisions.has(name)) {
    throw new CloudError(`Revision named '${name}' with different configuration already exists.`);
  }
  say("Deploying...\n");
  const traffic = newTraffic(input, service);
  await service.update({ template, labels, traffic }, image);
  const percent = service
    .status()
    .filter(({ revisionName }) => revisionName === service.latestReady)
    .reduce((sum, target) => sum + (target.percent ?? 0), 0);
  say(
    `Service [${service.name}] revision [${service.latestReady ?? ""}] has been deployed and is serving ${percent} percent of traffic.\n`,
  );
  return changed(service.toJson());
}

function suffixed(input: CommandInput, service: string): { name: string } | null {
  const suffix = flag(input.parsed, "revision-suffix");
  return suffix === null ? null : { name: `${service}-${suffix}` };
}

function newTraffic(input: CommandInput, service: Service): TrafficTarget[] {
  const { parsed } = input;
  const kept = parsed.flags.has("no-traffic")
    ? zeroLatest(service.traffic, service.latestReady)
    : service.traffic;
  const tag = flag(parsed, "tag");
  return tag === null ? kept : updateTags(kept, new Map([[tag, "LATEST"]]));
}

/** `gcloud run deploy`: makes the service when it is not there. */
export async function deploy(input: CommandInput): Promise<CommandResult> {
  const { words, parsed, state, say } = input;
  const existing = findService(input);
  if (existing !== null) return update(input, existing);
  if (parsed.flags.has("no-traffic")) {
    throw new CloudError("--no-traffic not supported when creating a new service.");
  }
  const name = subject(input);
  const blank = [{ name: `${name}-1`, image: "", ports: [{ containerPort: 8080 }] }];
  const containers = applyContainerFlags(words, parsed, blank);
  const reference = ingressContainer(containers).image;
  if (reference === "")
    throw new CloudError(
      "Missing required argument [--image]: Requires a container image to deploy.",
    );
  const image = state.findImage(reference);
  if (image === null) throw new CloudError(`Image '${reference}' not found.`);
  const labels = changedLabels(input, {});
  say("Deploying new service...\n");
  const service = await state.createService(
    {
      name,
      labels,
      template: { metadata: { labels }, spec: { containers } },
      traffic: [{ latestRevision: true, percent: 100 }],
    },
    image,
  );
  say(
    `Service [${name}] revision [${service.latestReady ?? ""}] has been deployed and is serving 100 percent of traffic.\n`,
  );
  return changed(service.toJson());
}
