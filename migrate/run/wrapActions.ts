import type { MigrationBuilder } from "node-pg-migrate";
import type { LoadedMigration, MigrationActions } from "../files/load";

/** A file of a shared transaction that asks to run without one; the group must be split before it. */
export class NeedsOwnGroupError extends Error {
  constructor(readonly migrationName: string) {
    super(`${migrationName} runs outside a transaction`);
    this.name = "NeedsOwnGroupError";
  }
}

export interface ActionHooks {
  isTransaction: boolean;
  /** Runs before the file's first statement. */
  beforeFile(migration: LoadedMigration): Promise<void>;
  /** Learns whether a file that runs alone uses a transaction after all. */
  afterAction(migration: LoadedMigration, usesTransaction: boolean): Promise<void>;
}

type Action = Exclude<MigrationActions["up"], false | undefined>;

/**
 * The file's actions with the hooks around them. node-pg-migrate makes the reverse of `up` when `down`
 * is absent, or the same function, so both must stay so.
 */
export function wrapActions(migration: LoadedMigration, hooks: ActionHooks): MigrationActions {
  const { up, down, shorthands } = migration.actions;
  const wrappedUp = typeof up === "function" ? wrap(up, migration, hooks) : up;
  const wrappedDown =
    down === up ? wrappedUp : typeof down === "function" ? wrap(down, migration, hooks) : down;
  return {
    ...(wrappedUp !== undefined && { up: wrappedUp }),
    ...(wrappedDown !== undefined && { down: wrappedDown }),
    ...(shorthands !== undefined && { shorthands }),
  };
}

function wrap(action: Action, migration: LoadedMigration, hooks: ActionHooks): Action {
  return async (pgm: MigrationBuilder): Promise<void> => {
    await hooks.beforeFile(migration);
    if (hooks.isTransaction) {
      // node-pg-migrate would commit what came before and go on: half a release, silently.
      Object.defineProperty(pgm, "noTransaction", {
        value: () => {
          throw new NeedsOwnGroupError(migration.file.name);
        },
      });
    }
    if (action.length === 2) await new Promise<void>((resolve) => void action(pgm, resolve));
    else await action(pgm);
    await hooks.afterAction(migration, pgm.isUsingTransaction());
  };
}
