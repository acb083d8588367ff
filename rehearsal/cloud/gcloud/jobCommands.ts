import type { Execution, Job } from "../job";
import { workContainer } from "../knative";
import { CONTAINER_FLAGS, applyContainerFlags } from "./containerFlags";
import {
  CloudError,
  type Command,
  type CommandInput,
  type CommandResult,
  changed,
  described,
  flag,
  isHere,
  listed,
  subject,
} from "./context";
import { type FlagKind, parseMap } from "./parse";

// A job's container listens on nothing.
const JOB_CONTAINER_FLAGS: Record<string, FlagKind> = { ...CONTAINER_FLAGS };
Reflect.deleteProperty(JOB_CONTAINER_FLAGS, "port");

/** `gcloud run jobs`. */
export const JOB_COMMANDS: Command[] = [
  {
    words: ["run", "jobs", "describe"],
    positionals: ["JOB"],
    flags: {},
    run(input: CommandInput): CommandResult {
      const job = find(input);
      if (job === null) throw new CloudError(`Cannot find job [${subject(input)}].`);
      return described(job.toJson());
    },
  },
  {
    words: ["run", "jobs", "update"],
    positionals: ["JOB"],
    flags: {
      async: "switch",
      "max-retries": "value",
      "task-timeout": "value",
      "update-labels": "value",
      "remove-labels": "value",
    },
    containerFlags: JOB_CONTAINER_FLAGS,
    run: update,
  },
  {
    words: ["run", "jobs", "execute"],
    positionals: ["JOB"],
    flags: {
      async: "switch",
      wait: "switch",
      "task-timeout": "value",
      tasks: "value",
      "update-env-vars": "value",
    },
    exclusive: [["async", "wait"]],
    run: execute,
  },
  {
    words: ["run", "jobs", "executions", "describe"],
    positionals: ["EXECUTION"],
    flags: {},
    run(input: CommandInput): CommandResult {
      const name = subject(input);
      for (const [job, execution] of executions(input)) {
        if (execution.name === name) return described(job.executionJson(execution));
      }
      throw new CloudError(`Cannot find execution [${name}].`);
    },
  },
  {
    words: ["run", "jobs", "executions", "list"],
    positionals: [],
    flags: { job: "value", limit: "value", "sort-by": "value" },
    run(input: CommandInput): CommandResult {
      const name = flag(input.parsed, "job");
      const wanted = executions(input).filter(([job]) => name === null || job.spec.name === name);
      return listed(wanted.reverse().map(([job, execution]) => job.executionJson(execution)));
    },
  },
];

function find(input: CommandInput): Job | null {
  return isHere(input) ? (input.state.jobs.get(subject(input)) ?? null) : null;
}

function executions(input: CommandInput): [Job, Execution][] {
  const jobs = isHere(input) ? [...input.state.jobs.values()] : [];
  return jobs.flatMap((job) =>
    job.executions.map((execution): [Job, Execution] => [job, execution]),
  );
}

function update(input: CommandInput): CommandResult {
  const { parsed, state, words } = input;
  const job = find(input);
  if (job === null) throw new CloudError(`Job [${subject(input)}] could not be found.`);
  const containers = applyContainerFlags(words, parsed, job.spec.containers);
  const reference = workContainer(`job ${job.spec.name}`, containers).image;
  const image = state.findImage(reference);
  // A job that has never been released has Google's sample, which is not run here.
  if (image === null && reference !== job.container.image) {
    throw new CloudError(`Image '${reference}' not found.`);
  }
  job.update(containers, image);
  const labels = parseMap(words, "update-labels", flag(parsed, "update-labels") ?? "");
  Object.assign(job.spec.labels, Object.fromEntries(labels));
  for (const name of flag(parsed, "remove-labels")?.split(",") ?? []) {
    Reflect.deleteProperty(job.spec.labels, name);
  }
  const retries = flag(parsed, "max-retries");
  if (retries !== null) job.spec.maxRetries = Number(retries);
  const timeout = flag(parsed, "task-timeout");
  if (timeout !== null) job.spec.timeoutSeconds = seconds(timeout);
  input.say(`Job [${job.spec.name}] has been successfully updated.\n`);
  return changed(job.toJson());
}

async function execute(input: CommandInput): Promise<CommandResult> {
  const { parsed, words, say } = input;
  const job = find(input);
  if (job === null) throw new CloudError(`Job [${subject(input)}] could not be found.`);
  const overrides = parseMap(words, "update-env-vars", flag(parsed, "update-env-vars") ?? "");
  const { execution, ended } = job.execute(Object.fromEntries(overrides));
  if (!parsed.flags.has("wait")) {
    say(`Execution [${execution.name}] has successfully started running.\n`);
    return changed(job.executionJson(execution));
  }
  say(`Creating execution [${execution.name}]...\n`);
  await ended;
  if (execution.failed > 0) {
    const log = execution.log.slice(-20).map((line) => `\n  ${line}`);
    throw new CloudError(
      `The execution failed.\n${execution.message}\nLast lines of the log of ${execution.name}:${log.join("")}`,
    );
  }
  say(`Execution [${execution.name}] has successfully completed.\n`);
  return changed(job.executionJson(execution));
}

/** `20m`, `1200s` or `1200`. */
function seconds(duration: string): number {
  const [, amount = "", unit = "s"] = /^(\d+)([smh]?)$/.exec(duration) ?? [];
  if (amount === "") throw new CloudError(`Invalid duration [${duration}].`);
  return Number(amount) * ({ h: 3600, m: 60 }[unit] ?? 1);
}
