import type { Platform } from "../platform";
import type { Tool } from "../tools";
import { DaemonError, type DockerCommand } from "./command";
import { logs, rm, run } from "./containers";
import { build, inspect, pull, push, tag } from "./images";
import { DockerUsageError } from "./parse";

const COMMANDS: Record<string, DockerCommand> = {
  build,
  "buildx build": build,
  "image build": build,
  push,
  "image push": push,
  pull,
  "image pull": pull,
  tag,
  "image tag": tag,
  inspect,
  "image inspect": inspect,
  run,
  rm,
  logs,
};

/** The stand-in for docker: the commands of a release. There is no daemon. */
export function createDocker(platform: Platform): Tool {
  return async (call) => {
    const [first = "", second = ""] = call.args;
    const words = `${first} ${second}` in COMMANDS ? 2 : 1;
    const name = call.args.slice(0, words).join(" ");
    const command = COMMANDS[name];
    if (command === undefined) {
      call.err(
        `docker: unknown command: docker ${name}\n\nRun 'docker --help' for more information\n`,
      );
      return 1;
    }
    try {
      await command({ platform, call }, call.args.slice(words));
      return 0;
    } catch (error) {
      if (error instanceof DockerUsageError) {
        call.err(`${error.message}\n\nRun 'docker ${name} --help' for more information\n`);
        return error.exitCode;
      }
      const message = error instanceof Error ? error.message : String(error);
      const prefix = error instanceof DaemonError ? "Error response from daemon: " : "ERROR: ";
      call.err(`${prefix}${platform.redactor.redact(message)}\n`);
      return 1;
    }
  };
}
