import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { install, leftovers, startParent, uninstall } from "./installation";

const isRoot = process.getuid?.() === 0;
/** Another user to be, or nobody else when this is not root. */
const stranger = isRoot ? 65_534 : undefined;

describe("an installation in a folder that only its owner enters", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await install();
  });
  afterAll(() => uninstall(folder));

  it("starts, and stop leaves nothing", async () => {
    const parent = await startParent(folder, "stop");
    expect(await parent.exited).toEqual({ code: 0, signal: null });
    expect(await leftovers(parent)).toEqual([]);
  });

  it("leaves nothing after an exit without stop", async () => {
    const parent = await startParent(folder, "exit");
    expect(await parent.exited).toEqual({ code: 0, signal: null });
    expect(await leftovers(parent)).toEqual([]);
  });

  it.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)("leaves nothing after %s", async (signal) => {
    const parent = await startParent(folder);
    process.kill(parent.pid, signal);
    expect(await parent.exited).toEqual({ code: null, signal });
    expect(await leftovers(parent)).toEqual([]);
  });
});

describe("an installation by an ordinary user after npm ci --ignore-scripts", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await install({
      links: false,
      ...(stranger === undefined ? {} : { owner: stranger }),
    });
  });
  afterAll(() => uninstall(folder));

  it("makes the links that are missing, and leaves nothing after SIGKILL", async () => {
    const parent = await startParent(folder, "", stranger);
    process.kill(parent.pid, "SIGKILL");
    await parent.exited;
    expect(await leftovers(parent)).toEqual([]);
  });
});

describe("an installation by an ordinary user with its links", () => {
  it("starts, and stop leaves nothing", async () => {
    const folder = await install(stranger === undefined ? {} : { owner: stranger });
    try {
      const parent = await startParent(folder, "stop", stranger);
      expect(await parent.exited).toEqual({ code: 0, signal: null });
      expect(await leftovers(parent)).toEqual([]);
    } finally {
      await uninstall(folder);
    }
  });
});

describe.runIf(isRoot)("as root", () => {
  it("works after npm ci --ignore-scripts", async () => {
    const folder = await install({ links: false });
    try {
      const parent = await startParent(folder, "stop");
      expect(await leftovers(parent)).toEqual([]);
    } finally {
      await uninstall(folder);
    }
  });
});
