import { runCommand } from "./commandLine";
import { render } from "./render";

void runCommand(() => render(process.argv.slice(2)));
