import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

import type { CloudRunArgs, ConnectionArgs } from "../args";
import { Connectivity, Login } from "../core/choices";
import { grantsAt, type GrantScope } from "../core/roleMatrix";

/** What a release changes or runs. */
type Released = gcp.cloudrunv2.Service | gcp.cloudrunv2.Job | gcp.cloudrunv2.WorkerPool;

/** Lets whoever releases do so with just this one thing. */
export function grantRelease(
  name: string,
  scope: Extract<GrantScope, "service" | "worker" | "job">,
  { project, region, releasedBy, connection }: CloudRunArgs & { connection: ConnectionArgs },
  released: Released,
  parent: pulumi.Resource,
): void {
  if (releasedBy === undefined) return;
  const login = connection.password === undefined ? Login.Iam : Login.Password;
  // Neither where the migrations run nor a backup decides anything about Cloud Run's own grants.
  const options = { connectivity: Connectivity.CloudRunJob, login, backupBefore: false };
  const Member = memberOf(released);
  for (const { account, role } of grantsAt(scope, options)) {
    new Member(
      `${name}-${account}`,
      {
        ...(project !== undefined && { project }),
        location: region,
        name: released.name,
        role,
        member: pulumi.interpolate`serviceAccount:${releasedBy}`,
      },
      { parent },
    );
  }
}

function memberOf(
  released: Released,
):
  | typeof gcp.cloudrunv2.ServiceIamMember
  | typeof gcp.cloudrunv2.JobIamMember
  | typeof gcp.cloudrunv2.WorkerPoolIamMember {
  if (gcp.cloudrunv2.Service.isInstance(released)) return gcp.cloudrunv2.ServiceIamMember;
  if (gcp.cloudrunv2.Job.isInstance(released)) return gcp.cloudrunv2.JobIamMember;
  return gcp.cloudrunv2.WorkerPoolIamMember;
}
