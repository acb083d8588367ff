import { runCommand } from "./commandLine";
import { list } from "./list";

void runCommand(() => list(process.argv.slice(2)));
