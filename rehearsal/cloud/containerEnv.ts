import { type Addresses, type Rewritten, rewriteAddresses } from "./addresses";
import { type AddressKind, kindOf } from "./instance";
import { type Container, isProxyImage } from "./knative";
import type { Platform } from "./platform";

/** What of a container decides how it reaches the database. */
export interface Reaching {
  /** Whether it runs on the instance's network. */
  inNetwork: boolean;
  /** Program and arguments, as far as they are given: our own tool's say by which address. */
  words: readonly string[];
  /** Arguments of the Auth Proxy beside it; null without one. */
  proxy: readonly string[] | null;
  /** Its program may connect by the instance's name. */
  hasConnector: boolean;
  /** Containers of the build's network. */
  containers: ReadonlyMap<string, number>;
}

/** Variables of a container of Cloud Run: secrets resolved, addresses as they are here. */
export function containerEnv(
  platform: Platform,
  where: string,
  container: Container,
  { all, inNetwork }: { all: readonly Container[]; inNetwork: boolean },
): Rewritten {
  const env: Record<string, string> = {};
  for (const { name, value, valueFrom } of container.env ?? []) {
    const reference = valueFrom?.secretKeyRef;
    env[name] =
      reference === undefined
        ? (value ?? "")
        : platform.secrets.access(reference.name.replace(/^.*\//, ""), reference.key);
  }
  const proxy = all.find(({ image }) => isProxyImage(image));
  return rewriteFor(platform, where, env, {
    inNetwork,
    words: [...(container.command ?? []), ...(container.args ?? [])],
    proxy: proxy === undefined ? null : (proxy.args ?? []),
    hasConnector: true,
    containers: new Map(),
  });
}

/** Rewrites the variables of any container, and remembers what was rewritten. */
export function rewriteFor(
  platform: Platform,
  where: string,
  env: Record<string, string>,
  reaching: Reaching,
): Rewritten {
  const rewritten = rewriteAddresses(where, env, addressesFor(platform, reaching));
  platform.recordRewrites(rewritten.rewrites);
  return rewritten;
}

function addressesFor(
  { doors, instance, sqlAdmin }: Platform,
  { inNetwork, words, proxy, hasConnector, containers }: Reaching,
): Addresses {
  const isTool = words.some((word) => /(^|\/)cloud-run-migrations(\/|$)/.test(word));
  const byName = (address: AddressKind | null) =>
    doors.find({ by: "connector", address, inNetwork });
  return {
    tcp: {
      PRIVATE: doors.find({ by: "tcp", address: "PRIVATE", inNetwork }),
      PUBLIC: doors.find({ by: "tcp", address: "PUBLIC", inNetwork }),
    },
    kindOf: (host) => kindOf(instance, host),
    databaseHosts: new Set([...instance.privateAddresses, ...instance.publicAddresses]),
    containers,
    proxy: proxy === null ? null : byName(proxyAddress(proxy)),
    socket: byName(null),
    connector: hasConnector ? byName(connectorAddress(words, isTool)) : null,
    emulator: isTool ? sqlAdmin.host : null,
  };
}

/** By which address the Auth Proxy goes: its arguments say so. */
export function proxyAddress(args: readonly string[]): AddressKind {
  return args.includes("--private-ip") ? "PRIVATE" : "PUBLIC";
}

/** Our tool's `--ip-type`, without it the public address; of another program nothing is known. */
function connectorAddress(words: readonly string[], isTool: boolean): AddressKind | null {
  if (!isTool) return null;
  const text = words.join(" ");
  return /--ip-type[ =]PRIVATE( |$)/.test(text) ? "PRIVATE" : "PUBLIC";
}
