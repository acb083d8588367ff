import type { Connectivity } from "../core/choices";

/** How a release migrates the database. */
export interface MigrationArgs {
  /**
   * Where the migrations run. Can be changed in place.
   *
   * @default "CloudRunJob"
   */
  connectivity?: Connectivity;

  /**
   * Folder of the migration files in the image, relative to its working directory.
   *
   * @default "migrations"
   */
  directory?: string;

  /**
   * Command that takes node-pg-migrate's place, as it is written, in the just-built image:
   * `["alembic", "upgrade", "head"]`. Needs `BuildStep`.
   *
   * @default - none, or an empty list: node-pg-migrate
   */
  command?: string[];

  /**
   * Role that owns every object, made by the first release. A later change does not hand over what
   * the old role owns.
   *
   * @default "app_owner"
   */
  ownerRole?: string;

  /**
   * Limit of one run of the migrations in seconds: 60 to 43200. It is never retried.
   *
   * @default 1200
   */
  taskTimeoutSeconds?: number;
}
