import * as pulumi from "@pulumi/pulumi";

import type { ConnectionArgs } from "../args";
import { isReleased, PLACEHOLDER_IMAGE } from "./liveImage";
import type { LiveService } from "./liveService";
import { isPinned } from "./pinnedTraffic";
import { connectionKind, digestUser, formatConnection } from "./serviceConnection";
import { kindWarnings, userWarning } from "./connectionWarnings";

/** A service whose connection may change. */
interface Connected {
  connection: ConnectionArgs;
  placeholderImage?: pulumi.Input<string>;
}

/**
 * What the service's annotation says of its connection. Where that is another one than the live
 * release has, it warns first; while traffic is pinned nobody is cut off by the service itself.
 */
export function connectionAnnotation(
  service: string,
  { connection, placeholderImage = PLACEHOLDER_IMAGE }: Connected,
  live: pulumi.Output<LiveService>,
  component: pulumi.Resource,
): pulumi.Output<string> {
  const kind = connectionKind(connection);
  const warn = async (warnings: string[]) => {
    for (const warning of warnings) await pulumi.log.warn(warning, component);
  };
  const before = pulumi.all([live, placeholderImage]).apply(async ([found, placeholder]) => {
    const serves = isReleased(found.image, placeholder) && !isPinned(found);
    if (!serves) return undefined;
    await warn(kindWarnings(service, found.connection, kind));
    return found.connection;
  });
  // A preview may not know a new user yet, but it knows the rest.
  return pulumi.all([before, connection.user]).apply(async ([given, user]) => {
    const wanted = { ...kind, userDigest: digestUser(user) };
    await warn(userWarning(service, given, wanted));
    return formatConnection(wanted);
  });
}
