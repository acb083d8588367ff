import * as pulumi from "@pulumi/pulumi";

import type { MigratedServiceArgs } from "../args";
import { sharedDatabaseName } from "../core/names";

/**
 * Role that owns every object. Roles belong to the whole instance: on one that others use too it
 * carries the environment's name, or two environments could change each other's tables.
 */
export function ownerRoleOf(name: string, { migration, database }: MigratedServiceArgs): string {
  const isShared = database?.existingInstance !== undefined;
  return (
    migration?.ownerRole ??
    (isShared ? sharedDatabaseName(name, pulumi.getStack(), "owner") : "app_owner")
  );
}
