import { CONTAINER_FLAGS } from "./containerFlags";
import {
  CloudError,
  type Command,
  type CommandInput,
  type CommandResult,
  described,
  findService,
  flag,
  isHere,
  listed,
  subject,
} from "./context";
import { deploy, update } from "./deploy";
import type { FlagKind } from "./parse";
import { updateTraffic } from "./updateTraffic";

// Those without effect here are scaling, network and access, which a loopback does not have.
const SERVICE_FLAGS: Record<string, FlagKind> = {
  "allow-unauthenticated": "switch",
  async: "switch",
  "clear-labels": "switch",
  concurrency: "value",
  "cpu-boost": "switch",
  description: "value",
  "execution-environment": "value",
  ingress: "value",
  labels: "value",
  "max-instances": "value",
  "min-instances": "value",
  "no-allow-unauthenticated": "switch",
  "no-cpu-throttling": "switch",
  "no-traffic": "switch",
  platform: "value",
  "remove-containers": "value",
  "remove-labels": "value",
  "revision-suffix": "value",
  "service-account": "value",
  tag: "value",
  timeout: "value",
  "update-labels": "value",
};

/** `gcloud run services`, `run revisions` and `run deploy`. */
export const SERVICE_COMMANDS: Command[] = [
  {
    words: ["run", "services", "describe"],
    positionals: ["SERVICE"],
    flags: {},
    run(input: CommandInput): CommandResult {
      const service = findService(input);
      if (service === null) throw new CloudError(`Cannot find service [${subject(input)}]`);
      return described(service.toJson());
    },
  },
  {
    words: ["run", "services", "list"],
    positionals: [],
    flags: { limit: "value" },
    run(input: CommandInput): CommandResult {
      const services = isHere(input) ? [...input.state.services.values()] : [];
      return listed(services.map((service) => service.toJson()));
    },
  },
  {
    words: ["run", "services", "update"],
    positionals: ["SERVICE"],
    flags: SERVICE_FLAGS,
    containerFlags: CONTAINER_FLAGS,
    async run(input: CommandInput): Promise<CommandResult> {
      const service = findService(input);
      if (service === null) throw new CloudError(`Service [${subject(input)}] could not be found.`);
      return update(input, service);
    },
  },
  {
    words: ["run", "deploy"],
    positionals: ["SERVICE"],
    flags: SERVICE_FLAGS,
    containerFlags: CONTAINER_FLAGS,
    run: deploy,
  },
  {
    words: ["run", "services", "update-traffic"],
    positionals: ["SERVICE"],
    flags: {
      async: "switch",
      "clear-tags": "switch",
      "remove-tags": "value",
      "set-tags": "value",
      "to-latest": "switch",
      "to-revisions": "value",
      "to-tags": "value",
      "update-tags": "value",
    },
    exclusive: [
      ["to-latest", "to-revisions", "to-tags"],
      ["set-tags", "clear-tags", "update-tags"],
    ],
    run: updateTraffic,
  },
  {
    words: ["run", "revisions", "describe"],
    positionals: ["REVISION"],
    flags: {},
    run(input: CommandInput): CommandResult {
      const name = subject(input);
      const services = isHere(input) ? [...input.state.services.values()] : [];
      const revision = services.map(({ revisions }) => revisions.get(name)).find((found) => found);
      if (revision === undefined) throw new CloudError(`Cannot find revision [${name}]`);
      return described(revision.toJson());
    },
  },
  {
    words: ["run", "revisions", "list"],
    positionals: [],
    flags: { limit: "value", service: "value" },
    run(input: CommandInput): CommandResult {
      const name = flag(input.parsed, "service");
      const services = isHere(input) ? [...input.state.services.values()] : [];
      const wanted = services.filter((service) => name === null || service.name === name);
      const revisions = wanted.flatMap((service) => [...service.revisions.values()].reverse());
      return listed(revisions.map((revision) => revision.toJson()));
    },
  },
];
