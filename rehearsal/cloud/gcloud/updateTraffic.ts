import type { Service } from "../service";
import { assign, updateTags } from "../traffic";
import {
  CloudError,
  type CommandInput,
  type CommandResult,
  changed,
  findService,
  flag,
  subject,
} from "./context";
import { parseMap } from "./parse";

/** `gcloud run services update-traffic` */
export async function updateTraffic(input: CommandInput): Promise<CommandResult> {
  const { words, parsed, say } = input;
  const service = findService(input);
  if (service === null) throw new CloudError(`Service [${subject(input)}] could not be found.`);
  if (parsed.flags.size === 1 && parsed.flags.has("region")) {
    throw new CloudError(
      "No configuration change requested. Did you mean to include the flags `--to-revisions`, `--to-latest`, or `--to-tags`?",
    );
  }
  let { traffic } = service;
  if (parsed.flags.has("to-latest")) traffic = assign(traffic, new Map([["LATEST", 100]]));
  const revisions = flag(parsed, "to-revisions") ?? flag(parsed, "to-tags");
  if (revisions !== null) {
    const named = parseMap(words, "to-revisions", revisions);
    const isTag = parsed.flags.has("to-tags");
    const pairs = [...named].map(([key, percent]): [string, number] => [
      isTag ? revisionOfTag(service, key) : key,
      Number(percent),
    ]);
    traffic = assign(traffic, new Map(pairs));
  }
  const tags = flag(parsed, "update-tags") ?? flag(parsed, "set-tags");
  const remove = new Set(flag(parsed, "remove-tags")?.split(",") ?? []);
  if (parsed.flags.has("clear-tags") || parsed.flags.has("set-tags")) {
    for (const { tag } of traffic) if (tag !== undefined) remove.add(tag);
  }
  if (tags !== null || remove.size > 0) {
    const update = tags === null ? new Map<string, string>() : parseMap(words, "update-tags", tags);
    traffic = updateTags(traffic, update, remove);
  }
  await service.update({ traffic }, null);
  for (const { revisionName = "", percent = 0 } of service.status()) {
    if (percent > 0) say(`Traffic: ${percent}% ${revisionName}\n`);
  }
  return changed(service.toJson());
}

function revisionOfTag(service: Service, tag: string): string {
  const target = service.status().find((candidate) => candidate.tag === tag);
  if (target?.revisionName !== undefined) return target.revisionName;
  throw new CloudError(`Traffic tag [${tag}] not found.`);
}
