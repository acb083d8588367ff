import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

import { checkedArgs } from "./checks/checkedArgs";
import { requiredApis } from "./core/apis";
import { quote, type Violation } from "./core/violations";
import { PROJECT } from "./checks/memberChecks";
import { list, text, type Members } from "./checks/shape";

export interface ServiceApisArgs {
  /**
   * Project ID.
   *
   * @default - the provider's project
   * @change replace: they are enabled in the other project, and stay on in the old one
   */
  project?: pulumi.Input<string>;

  /**
   * The APIs to enable, such as `run.googleapis.com`.
   *
   * @default - all that an environment calls
   * @change enables more; what is left out stays on
   */
  services?: string[];
}

const ARGS: Members<ServiceApisArgs> = {
  project: PROJECT,
  services: list(
    text("an API such as run.googleapis.com", /^[a-z0-9-]+(\.[a-z0-9-]+)+$/, "api-name"),
  ),
};

/**
 * Enables Google APIs and leaves them on for ever: switching one off would break whatever else the
 * project does with it.
 *
 * Pass it as `dependsOn` to the components that call the APIs: their children start after it.
 */
export class ServiceApis extends pulumi.ComponentResource {
  /** The APIs. Resolves once every one is enabled. */
  readonly services: pulumi.Output<string[]>;

  constructor(name: string, args: ServiceApisArgs, opts?: pulumi.ComponentResourceOptions) {
    super("cloud-run-migrations:index:ServiceApis", name, {}, opts);
    const { project, services: asked } = checkedArgs(this, ARGS, args, checkServices);

    const services = (asked ?? requiredApis(true)).map(
      (service) =>
        new gcp.projects.Service(
          `${name}-${service.replace(".googleapis.com", "")}`,
          {
            service,
            disableOnDestroy: false,
            ...(project !== undefined && { project }),
          },
          { parent: this },
        ),
    );

    this.services = pulumi.all(services.map(({ service }) => service));
    this.registerOutputs({ services: this.services });
  }
}

/** Each makes a resource of its own, and two of one name cannot be. */
function checkServices({ services = [] }: ServiceApisArgs): Violation[] {
  return services.flatMap((service, index) => {
    const path = `services[${index}]`;
    const expected = "an API that is not in the list yet";
    return services.indexOf(service) === index
      ? []
      : [{ rule: "api-twice", path, expected, got: quote(service) }];
  });
}
