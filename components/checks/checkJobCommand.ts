import type { CloudRunArgs, ConnectionArgs } from "../args";
import { checkPlainLogin } from "./checkPlainConnection";
import { quote, type Violation } from "../core/violations";

/** What only a command, or only our tool, takes notice of. */
interface JobCommand extends Partial<CloudRunArgs> {
  connection?: Partial<ConnectionArgs>;
  command?: string[];
  environmentNames?: object;
  connectionSecrets?: object;
  backupBefore?: boolean;
}

/** Whether the job is told what its program, a command or our tool, needs to know, and no more. */
export function checkJobCommand(args: JobCommand): Violation[] {
  const { command = [], backupBefore } = args;
  if (command.length === 0) return checkTool(args);
  const violations = checkPlainLogin(args, "a command");
  if (backupBefore === true) {
    violations.push({
      rule: "backup-of-command",
      path: "backupBefore",
      expected: "false with command",
      got: quote(backupBefore),
      remedy: "nobody knows what is pending of a command",
    });
  }
  return violations;
}

function checkTool({ connection, environmentNames, connectionSecrets }: JobCommand): Violation[] {
  const unheard = {
    "connection.host": connection?.host,
    environmentNames,
    connectionSecrets,
  };
  return Object.entries(unheard).flatMap(([path, value]): Violation[] =>
    value === undefined
      ? []
      : [
          {
            rule: "job-command-only",
            path,
            expected: "nothing without command",
            got: "a value",
            remedy: "our tool finds the instance by connection.connectionName",
          },
        ],
  );
}
