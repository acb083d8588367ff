import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { requiredApis } from "./core/apis";
import { checkProject } from "./core/cloudChecks";
import { throwIfInvalid } from "./throwIfInvalid";

export interface ServiceApisArgs {
  /**
   * Project ID.
   *
   * @default - the provider's project
   */
  project?: pulumi.Input<string>;

  /**
   * The APIs to enable, such as `run.googleapis.com`.
   *
   * @default - all that an environment calls
   */
  services?: string[];
}

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
    throwIfInvalid(this, checkProject("project", args.project));

    const services = (args.services ?? requiredApis(true)).map(
      (service) =>
        new gcp.projects.Service(
          `${name}-${service.replace(".googleapis.com", "")}`,
          {
            service,
            disableOnDestroy: false,
            ...(args.project === undefined ? {} : { project: args.project }),
          },
          { parent: this },
        ),
    );

    this.services = pulumi.all(services.map(({ service }) => service));
    this.registerOutputs({ services: this.services });
  }
}
