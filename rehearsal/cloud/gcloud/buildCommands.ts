import { get } from "./format";
import {
  CloudError,
  type Command,
  type CommandInput,
  type CommandResult,
  described,
  flag,
  isHere,
  listed,
  subject,
} from "./context";
import { UsageError } from "./parse";
import { sorted } from "./sort";

/** `gcloud builds`. */
export const BUILD_COMMANDS: Command[] = [
  {
    words: ["builds", "describe"],
    positionals: ["BUILD"],
    flags: {},
    run(input: CommandInput): CommandResult {
      const build = isHere(input) ? input.state.builds.get(subject(input)) : null;
      if (build === null) throw new CloudError("NOT_FOUND: Requested entity was not found.");
      return described(build);
    },
  },
  {
    words: ["builds", "list"],
    positionals: [],
    flags: { limit: "value", ongoing: "switch", "page-size": "value", "sort-by": "value" },
    run(input: CommandInput): CommandResult {
      const { parsed, state, words } = input;
      let records: unknown[] = isHere(input) ? state.builds.list() : [];
      if (parsed.flags.has("ongoing")) {
        records = records.filter((record) =>
          ["WORKING", "QUEUED"].includes(String(get(record, "status"))),
        );
      }
      const order = flag(parsed, "sort-by");
      const limit = flag(parsed, "limit");
      if (limit !== null && !/^[1-9]\d*$/.test(limit)) {
        throw new UsageError(
          words,
          `argument --limit: Value must be greater than or equal to 1; received: ${limit}`,
        );
      }
      return { ...listed(order === null ? records : sorted(records, order)) };
    },
  },
];
