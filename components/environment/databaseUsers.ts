import { getStack } from "@pulumi/pulumi";

import type { MigratedServiceArgs } from "../args";
import { databaseUserName, sharedDatabaseName } from "../core/names";

/** Names of the two users with a password, before there are any. */
export function passwordUsersOf(
  name: string,
  { database }: MigratedServiceArgs,
): { migrator: string; runtime: string } {
  const isShared = database?.existingInstance !== undefined;
  const nameOf = (role: "migrator" | "runtime"): string =>
    isShared ? sharedDatabaseName(name, getStack(), role) : databaseUserName(name, role);
  return { migrator: nameOf("migrator"), runtime: nameOf("runtime") };
}
