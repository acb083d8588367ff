import * as pulumi from "@pulumi/pulumi";

/** An output whose value is only known during the deployment. */
export function late<T>(value: T): pulumi.Output<T> {
  return pulumi.output(Promise.resolve(value)) as pulumi.Output<T>;
}
