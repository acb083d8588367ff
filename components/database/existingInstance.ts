import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";

import { parseConnectionName, type ConnectionName } from "../core/parseConnectionName";
import { checkInstanceFit, type InstanceFacts, type InstanceNeeds } from "../core/instanceFit";
import { formatViolations, quote } from "../core/violations";
import { applyThrowing, resourceError } from "../resourceError";
import { throwIfInvalid } from "../checks/throwIfInvalid";

/** An instance that somebody else made, and that takes whoever must connect. */
export interface ExistingInstance {
  project: string;
  name: string;
  connectionName: string;
  privateIpAddress: string;
  publicIpAddress: string;
}

/** The provider answers with every member; mocks answer with what they like. */
type Answer = Partial<gcp.sql.GetDatabaseInstanceResult>;

/**
 * Reads the instance as it is now, and stops with all that does not fit. The outputs that come of it
 * are known only then, so nothing is made on an instance that was refused. A preview that does not
 * know the connection name, or the network, yet reads nothing.
 */
export function readExistingInstance(
  component: pulumi.Resource,
  place: pulumi.Output<[connectionName: string, network: string | undefined]>,
  needs: Omit<InstanceNeeds, "network">,
): pulumi.Output<ExistingInstance> {
  return applyThrowing(place, ([text, network]) => {
    const target = parseConnectionName(text);
    // Checked before; only a test's mocks leave it out.
    if (target === undefined) return {} as ExistingInstance;
    const { project, instance } = target;
    return gcp.sql.getDatabaseInstance({ name: instance, project }, { parent: component }).then(
      (answer: Answer) => {
        const facts = factsOf(answer);
        const violations =
          facts === undefined
            ? []
            : checkInstanceFit(pathOf(target), target, facts, { ...needs, network });
        throwIfInvalid(component, violations);
        return {
          project,
          name: instance,
          connectionName: text,
          // Mocks may leave them out, and then nobody checks them.
          privateIpAddress: answer.privateIpAddress as string,
          publicIpAddress: answer.publicIpAddress as string,
        };
      },
      (error: unknown) => {
        throw unreadable(component, target, error instanceof Error ? error.message : String(error));
      },
    );
  });
}

function pathOf({ project, region, instance }: ConnectionName): string {
  return `instance ${project}:${region}:${instance}`;
}

/** Nothing without settings: so answer mocks, and a provider for an instance that it cannot see. */
function factsOf(answer: Answer): InstanceFacts | undefined {
  const settings: Partial<gcp.types.output.sql.GetDatabaseInstanceSetting> | undefined =
    answer.settings?.[0];
  if (settings === undefined) return undefined;
  return {
    connectionName: answer.connectionName ?? "",
    databaseVersion: answer.databaseVersion ?? "",
    instanceType: answer.instanceType ?? "",
    privateIpAddress: answer.privateIpAddress ?? "",
    publicIpAddress: answer.publicIpAddress ?? "",
    privateNetwork: settings.ipConfigurations?.[0]?.privateNetwork ?? "",
    sslMode: settings.ipConfigurations?.[0]?.sslMode ?? "",
    connectorEnforcement: settings.connectorEnforcement ?? "",
    flags: Object.fromEntries(
      (settings.databaseFlags ?? []).map(({ name, value }) => [name, value]),
    ),
  };
}

/** Google says "not authorized" of an instance that is not there, unless one may list them all. */
function unreadable(
  component: pulumi.Resource,
  target: ConnectionName,
  message: string,
): pulumi.ResourceError {
  const { project, instance } = target;
  const isMissing =
    message.includes(`instances/${instance} not found`) ||
    /Error 404|instance does not exist|resource was not found/i.test(message);
  if (isMissing) {
    const violation = {
      rule: "existing-instance-missing",
      path: pathOf(target),
      expected: "an instance that is there",
      got: "none",
      remedy: `run gcloud sql instances list --project=${project} --format='value(connectionName)'`,
    };
    return resourceError(formatViolations([violation]), component);
  }
  const isRefused = /notAuthorized|not authorized|PERMISSION_DENIED/i.test(message);
  const hint = isRefused
    ? "; Google says so too of an instance that is not there: check the name, " +
      "and that whoever deploys has roles/cloudsql.admin in that project"
    : "";
  return resourceError(
    `cannot read instance ${quote(instance)} in project ${project}, ` +
      `and so not tell whether it can be connected to: ${message}${hint}`,
    component,
  );
}
