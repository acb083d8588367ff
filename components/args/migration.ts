import type * as pulumi from "@pulumi/pulumi";

import type { Connectivity } from "../core/choices";

/** How a release migrates the database. */
export interface MigrationArgs {
  /**
   * Where the migrations run. Can be changed in place. A change deletes the job or the pool that is
   * no longer needed, so with `database.deletionProtection` one `up` must take that off first.
   *
   * @default "CloudRunJob"
   * @change update of the trigger; creation or deletion of the job; replace of grants; with PrivatePool: creation or deletion of the pool and the peering's routes
   */
  connectivity?: Connectivity;

  /**
   * Folder of the migration files in the image, relative to its working directory. Refused with
   * `command`, which finds its migrations itself.
   *
   * @default "migrations"
   * @change update of the job and the trigger
   */
  directory?: string;

  /**
   * Command that takes node-pg-migrate's place, as it is written, in the just-built image:
   * `["alembic", "upgrade", "head"]`. In `CloudRunJob` it connects by TCP to the private address,
   * which relaxes the instance's TLS mode and connector enforcement, and needs login `Password`.
   *
   * @default - none, or an empty list: node-pg-migrate
   * @change update of the job, the trigger and the instance; creation or deletion of the roles job and grants
   */
  command?: string[];

  /**
   * Role that owns every object, made by the first release. A later change does not hand over what
   * the old role owns.
   *
   * @default - "app_owner"; with `database.existingInstance` `{name}__{stack}_owner`
   * @change update of the job; in BuildStep: update of the trigger; objects stay with the old role
   */
  ownerRole?: string;

  /**
   * Limit of one run of the migrations in seconds: 60 to 43200. It is never retried. With
   * `backupBefore` it is 1800 more, for the backup.
   *
   * @default 1200
   * @change update of the job and the trigger
   */
  taskTimeoutSeconds?: number;

  /**
   * Dockerfile of an image that only migrates, relative to the repository's root, for services whose
   * own image has no Node.js. It is built from the same `build.context` and must bring the migrations
   * and this package.
   *
   * @default - the service's own image migrates
   * @change update of the trigger
   */
  dockerfile?: string;

  /**
   * Takes a backup of the instance right before a destructive migration is applied: one that drops
   * or rewrites data. Its ID and the time to recover to are in the release record. Cannot be had
   * with `command`, of which nobody knows what is pending.
   *
   * @default true in Production, false in Development and with `command`
   * @change update of the job and the trigger; creation or deletion of grants
   * @see https://cloud.google.com/sql/docs/postgres/backup-recovery/backing-up
   */
  backupBefore?: boolean;

  /**
   * Email of a service account that is there already: it migrates, and gets the roles for it. With
   * login `Iam` it is the database user too.
   *
   * @default - an account of its own
   * @change update of the job; replace of grants; deletion of the service account; in BuildStep: update of the trigger; with login Iam: replace of database users
   */
  serviceAccount?: pulumi.Input<string>;
}
