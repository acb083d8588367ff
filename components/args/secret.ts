import type * as pulumi from "@pulumi/pulumi";

/**
 * One secret that the service, or the migration, gets as an environment variable. Exactly one of
 * `value` and `existingSecret`.
 */
export interface SecretArgs {
  /**
   * The secret itself, at most 64 KiB. Kept encrypted in Pulumi's state. A change makes a new
   * version and a new revision.
   *
   * @default - `existingSecret` is used
   */
  value?: pulumi.Input<string>;

  /**
   * ID of a secret that is there already, in the same project, or
   * `projects/{project}/secrets/{id}`.
   *
   * @default - a secret is made from `value`
   */
  existingSecret?: pulumi.Input<string>;

  /**
   * Version of `existingSecret`: a number, as text. `latest` is refused: instances would see
   * different values.
   *
   * @default - none; needed with `existingSecret`
   */
  version?: pulumi.Input<string>;

  /**
   * The service gets it.
   *
   * @default true
   */
  toRuntime?: boolean;

  /**
   * The migration gets it.
   *
   * @default false
   */
  toMigration?: boolean;
}
