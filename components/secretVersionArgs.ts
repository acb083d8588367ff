import type * as pulumi from "@pulumi/pulumi";

/** One pinned version of a secret, as Cloud Run takes it. */
export interface SecretVersionArgs {
  /** Secret ID, or `projects/{project}/secrets/{id}`. */
  secret: pulumi.Input<string>;

  /** A version's number, such as `3`; `latest` would give different instances different values. */
  version: pulumi.Input<string>;
}

/** An environment variable as services and jobs alike take it. */
export interface EnvironmentVariable {
  name: string;
  value?: pulumi.Input<string>;
  valueSource?: { secretKeyRef: SecretVersionArgs };
}

/** An environment variable in the clear. */
export function plainVariable(name: string, value: pulumi.Input<string>): EnvironmentVariable {
  return { name, value };
}

/**
 * An environment variable whose value Cloud Run reads from Secret Manager when an instance starts.
 */
export function secretVariable(
  name: string,
  { secret, version }: SecretVersionArgs,
): EnvironmentVariable {
  return { name, valueSource: { secretKeyRef: { secret, version } } };
}

/** All variables of a record, each from its secret. */
export function secretVariables(secrets: Record<string, SecretVersionArgs>): EnvironmentVariable[] {
  return Object.entries(secrets).map(([name, secret]) => secretVariable(name, secret));
}
