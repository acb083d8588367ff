import { baselineCommand } from "./baseline";
import { checkCommand } from "./check";
import { createCommand } from "./create";
import { currentCommand } from "./current";
import { devCommand } from "./dev";
import { diffCommand } from "./diff";
import { doctorCommand } from "./doctor";
import { downCommand } from "./down";
import { execCommand } from "./exec";
import { explainCommand } from "./explain";
import { historyCommand } from "./history";
import { planCommand } from "./plan";
import { renumberCommand } from "./renumber";
import { statusCommand } from "./status";
import { upCommand } from "./up";
import { verifyCommand } from "./verify";
import type { CommandDefinition } from "../command";

/** Every command, from an author's desk to production. */
export const COMMANDS: readonly CommandDefinition[] = [
  createCommand,
  renumberCommand,
  checkCommand,
  explainCommand,
  verifyCommand,
  diffCommand,
  planCommand,
  upCommand,
  downCommand,
  statusCommand,
  currentCommand,
  historyCommand,
  baselineCommand,
  doctorCommand,
  execCommand,
  devCommand,
];
