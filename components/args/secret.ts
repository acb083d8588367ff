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
   * @change replace of secret versions; update of the service and workers; the old one stays behind
   */
  value?: pulumi.Input<string>;

  /**
   * ID of a secret that is there already, in the same project, or
   * `projects/{project}/secrets/{id}`.
   *
   * @default - a secret is made from `value`
   * @change update of the service and workers; replace of grants
   */
  existingSecret?: pulumi.Input<string>;

  /**
   * Version of `existingSecret`: a number, as text. `latest` is refused: instances would see
   * different values.
   *
   * @default - none; needed with `existingSecret`
   * @change update of the service and workers
   */
  version?: pulumi.Input<string>;

  /**
   * The service gets it.
   *
   * @default true
   * @change update of the service and workers; creation or deletion of grants
   */
  toRuntime?: boolean;

  /**
   * The migration gets it.
   *
   * @default false
   * @change update of the job; creation or deletion of grants; in BuildStep: update of the trigger
   */
  toMigration?: boolean;
}
