import { randomBytes } from "node:crypto";
import { proxyAddress } from "../containerEnv";
import { isProxyImage } from "../knative";
import { DaemonError, type DockerInput, exactly } from "./command";
import { parseDocker } from "./parse";

/** `docker run`: only the Auth Proxy, detached. */
export async function run({ platform, call }: DockerInput, words: string[]): Promise<void> {
  const args = parseDocker(
    words,
    {
      detach: { kind: "switch", short: "d" },
      env: { kind: "list", short: "e" },
      name: { kind: "value" },
      network: { kind: "value" },
      publish: { kind: "list", short: "p" },
      pull: { kind: "value" },
      restart: { kind: "value" },
      rm: { kind: "switch" },
    },
    true,
  );
  const [image = "", ...command] = args.positionals;
  if (!isProxyImage(image) || !args.has("detach")) {
    throw new Error(
      `docker run: expected --detach and the Cloud SQL Auth Proxy's image, got ${image === "" ? "nothing" : image}; ` +
        "run another image as a step of its own",
    );
  }
  const { network } = call;
  if (network === null) throw new DaemonError("network cloudbuild not found");
  const id = randomBytes(32).toString("hex");
  const name = args.value("name") ?? `proxy-${id.slice(0, 12)}`;
  if (network.get(name) !== null) {
    throw new DaemonError(
      `Conflict. The container name "/${name}" is already in use. You have to remove (or rename) that container to be able to reuse that name.`,
    );
  }
  const door = platform.doors.find({
    by: "connector",
    address: proxyAddress(command),
    inNetwork: network.inNetwork,
  });
  const log = proxyLog(command, door.refusal);
  const isReachable =
    args.value("network") === "cloudbuild" &&
    valueOf(command, "address") === "0.0.0.0" &&
    log.error === null;
  await network.start(name, {
    id,
    isReachable,
    port: Number(valueOf(command, "port") ?? "5432"),
    upstream: door.port,
    log: log.error === null ? log.lines : [log.error],
  });
  platform.emit({
    type: "log",
    source: `container ${name}`,
    line: log.error ?? log.lines.join("; "),
  });
  call.out(`${id}\n`);
}

// https://github.com/GoogleCloudPlatform/cloud-sql-proxy/blob/main/docs/cmd/cloud-sql-proxy.md
const WITH_VALUE =
  /^(-[acgijptu]|--(address|port|impersonate-service-account|http-address|http-port|admin-port|credentials-file|json-credentials|token|login-token|max-connections|max-sigterm-delay|min-sigterm-delay|quota-project|unix-socket|telemetry-\w+))$/;

/** What the proxy would log; an error when its arguments name no instance, or one out of its reach. */
function proxyLog(
  command: readonly string[],
  refusal: string | null,
): { lines: string[]; error: string | null } {
  const instances = command.filter(
    (word, index) => !word.startsWith("-") && !WITH_VALUE.test(command[index - 1] ?? ""),
  );
  const valid = instances.filter((instance) => /^[^:]+(:[^:]+)?:[^:]+:[^:]+$/.test(instance));
  if (valid.length !== 1 || instances.length !== 1) {
    return { lines: [], error: `invalid instance connection name: ${instances.join(" ")}` };
  }
  // Without the test it starts all the same, and each connection fails.
  if (refusal !== null && command.includes("--run-connection-test")) {
    return { lines: [], error: `connection test failed for ${instances[0] ?? ""}: ${refusal}` };
  }
  return { lines: [`The proxy has started successfully for ${instances[0] ?? ""}`], error: null };
}

function valueOf(command: readonly string[], name: string): string | null {
  const joined = command.find((word) => word.startsWith(`--${name}=`));
  if (joined !== undefined) return joined.slice(name.length + 3);
  const at = command.indexOf(`--${name}`);
  return at < 0 ? null : (command[at + 1] ?? null);
}

/** `docker rm` */
export async function rm({ call }: DockerInput, words: string[]): Promise<void> {
  const args = parseDocker(words, {
    force: { kind: "switch", short: "f" },
    volumes: { kind: "switch", short: "v" },
  });
  for (const name of args.positionals) {
    if (call.network === null || !(await call.network.remove(name))) {
      throw new DaemonError(`No such container: ${name}`);
    }
    call.out(`${name}\n`);
  }
}

/** `docker logs` */
export function logs({ call }: DockerInput, words: string[]): void {
  const args = parseDocker(words, {
    follow: { kind: "switch", short: "f" },
    tail: { kind: "value" },
  });
  const [name = ""] = exactly(args, 1, "logs");
  const container = call.network?.get(name) ?? null;
  if (container === null) throw new DaemonError(`No such container: ${name}`);
  for (const line of container.log) call.err(`${line}\n`);
}
