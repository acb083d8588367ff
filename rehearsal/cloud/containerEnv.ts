import { rewriteAddresses } from "./addresses";
import { type Container, isProxyImage } from "./knative";
import type { Platform } from "./platform";

/** Variables of a container of Cloud Run: secrets resolved, addresses as they are here. */
export function containerEnv(
  platform: Platform,
  where: string,
  container: Container,
  all: readonly Container[],
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const { name, value, valueFrom } of container.env ?? []) {
    const reference = valueFrom?.secretKeyRef;
    env[name] =
      reference === undefined
        ? (value ?? "")
        : platform.secrets.access(reference.name.replace(/^.*\//, ""), reference.key);
  }
  const { env: rewritten, rewrites } = rewriteAddresses(where, env, {
    database: platform.database,
    databaseHosts: platform.databaseHosts,
    containers: new Map(),
    hasProxy: all.some(({ image }) => isProxyImage(image)),
    hasConnector: true,
  });
  platform.recordRewrites(rewrites);
  return rewritten;
}
