import {
  CloudError,
  type Command,
  type CommandInput,
  type CommandResult,
  flag,
  listed,
} from "./context";
import { sorted } from "./sort";

/** `gcloud sql backups`. */
export const SQL_COMMANDS: Command[] = [
  {
    words: ["sql", "backups", "list"],
    positionals: [],
    flags: { instance: "value", limit: "value", "page-size": "value", "sort-by": "value" },
    run({ parsed, state }: CommandInput): CommandResult {
      const { platform } = state;
      const instance = flag(parsed, "instance");
      if (instance === null) {
        throw new CloudError("the backups of a whole project are not listed here; name --instance");
      }
      const project = flag(parsed, "project") ?? platform.project;
      const runs = platform.sqlAdmin.list(project, instance);
      const order = flag(parsed, "sort-by");
      return listed(order === null ? runs : sorted(runs, order));
    },
  },
];
