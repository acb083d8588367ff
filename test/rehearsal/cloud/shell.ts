import { spawn } from "node:child_process";
import { delimiter } from "node:path";
import type { ToolName } from "../../../rehearsal/cloud/tools";
import { BuildNetwork } from "../../../rehearsal/cloud/network";
import type { Site } from "./site";

export interface Ran {
  code: number;
  out: string;
  err: string;
}

/** Runs a bash line as a step of a build would, with the stand-ins on its PATH. */
export type Shell = (line: string, env?: Record<string, string>) => Promise<Ran>;

export function openShell(
  { cloud, workspace }: Site,
  tools: ToolName[] = ["docker", "gcloud", "psql", "pg_isready"],
  network = new BuildNetwork(false),
): Shell {
  const folder = cloud.platform.tools.folderWith(tools, network);
  const path = [folder, process.env.PATH ?? ""].join(delimiter);
  return (line, env = {}) =>
    new Promise((resolve) => {
      const child = spawn("bash", ["-c", line], {
        cwd: workspace,
        env: { PATH: path, ...env },
        stdio: ["ignore", "pipe", "pipe"],
      });
      let [out, err] = ["", ""];
      child.stdout.on("data", (text: Buffer) => {
        out += text.toString();
      });
      child.stderr.on("data", (text: Buffer) => {
        err += text.toString();
      });
      child.once("close", (code) => {
        resolve({ code: code ?? -1, out, err });
      });
    });
}
