import { fork } from "node:child_process";
import { join } from "node:path";
import type { ClientQuestion, ClientReport } from "./client";

/** The client's process. */
export interface ClientProcess {
  pid: number;
  /** What it has counted up to now. */
  count(): Promise<ClientReport>;
  /** Sends nothing more, waits for the outstanding answers, and ends. */
  stop(): Promise<ClientReport>;
  /** Ends at once. */
  kill(): Promise<void>;
}

/** Starts sending requests to `url`. */
export function startClient(url: string): ClientProcess {
  const child = fork(join(__dirname, "client.js"), [url], {
    env: {},
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => {
      resolve();
    });
  });
  const ask = (question: ClientQuestion): Promise<ClientReport> =>
    new Promise((resolve, reject) => {
      const gone = (): void => {
        reject(new Error("the client ended before the rehearsal did"));
      };
      const hear = (report: ClientReport): void => {
        if (report.question !== question) return;
        child.off("message", hear);
        child.off("exit", gone);
        resolve(report);
      };
      if (child.exitCode !== null || child.signalCode !== null || !child.connected) {
        gone();
        return;
      }
      child.on("message", hear);
      child.once("exit", gone);
      child.send(question);
    });
  return {
    pid: child.pid ?? 0,
    count: () => ask("count"),
    async stop() {
      const report = await ask("stop");
      await ended;
      return report;
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
