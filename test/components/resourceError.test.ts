import { spawnSync } from "node:child_process";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

import { resourceError } from "../../components/resourceError";

const ROOT = join(__dirname, "../..");

const COMPONENT = Object.create(pulumi.ComponentResource.prototype) as pulumi.Resource;

/**
 * Makes an environment as `pulumi up` does, with V8's debugger on, while what serves cannot be read;
 * prints what nobody caught. A loop inside V8 cannot be interrupted, so a second thread ends the
 * process before it fills memory.
 */
const FAILING_READ = `
  const { Session } = require("node:inspector/promises");
  const { Worker } = require("node:worker_threads");
  const pulumi = require("@pulumi/pulumi");
  const { MigratedService } = require("./dist/components");

  const watch = () => process.memoryUsage.rss() > 1e9 && process.kill(process.pid, "SIGKILL");
  new Worker(\`setInterval(\${watch}, 50)\`, { eval: true }).unref();

  const uncaught = new Set();
  process.on("unhandledRejection", (error) => uncaught.add(error));
  process.on("exit", () => {
    console.log(JSON.stringify([...uncaught].map(({ message }) => message)));
  });

  async function main() {
    const session = new Session();
    session.connect();
    await session.post("Debugger.enable");
    await pulumi.runtime.setMocks({
      newResource: ({ name, inputs }) => ({ id: name, state: { name, project: "p", ...inputs } }),
      call: ({ token, inputs }) => {
        if (/get(Service|Job)$/.test(token)) throw new Error("Error 403: permission denied");
        return inputs;
      },
    });
    const repository = "projects/p/locations/europe-west1/connections/github/repositories/shop";
    new MigratedService("shop", { region: "europe-west1", source: { repository } });
  }
  void main();
`;

describe("an error of the user's", () => {
  it("has no stack frames, which Pulumi would print in colours", () => {
    const error = resourceError("no such tier", COMPONENT);
    expect(error.stack).toBe("Error: no such tier");
  });

  it("keeps its message, whatever inputs it passes", () => {
    const error = resourceError("no such tier", COMPONENT);
    error.message = `error serializing property "tier": ${error.message}`;
    expect(error.message).toBe("no such tier");
  });

  it("that is thrown in an apply ends the program, with V8's debugger on too", () => {
    const { signal, stdout } = spawnSync(process.execPath, ["-e", FAILING_READ], {
      cwd: ROOT,
      encoding: "utf8",
      timeout: 30_000,
      killSignal: "SIGKILL",
    });
    expect(signal).toBeNull();
    const objects = (JSON.parse(stdout) as string[]).map((text) => text.split(", and without")[0]);
    // One cause, one error, whatever else cannot be read for it.
    expect(new Set(objects)).toEqual(new Set(["cannot read services/shop-stack"]));
  });
});
