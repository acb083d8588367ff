import { once } from "node:events";
import { type RequestListener, type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import type * as Client from "../../rehearsal/startClient";
import { built } from "./built";

const { startClient } = built("rehearsal/startClient") as typeof Client;

let server: Server;
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

async function listen(listener: RequestListener): Promise<string> {
  server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/things`;
}

describe("startClient", () => {
  it("asks at its rate over kept-alive connections, and counts what it got", async () => {
    let connections = 0;
    let asked = 0;
    const url = await listen((request, response) => {
      asked += 1;
      response.statusCode = request.url === "/things" ? 200 : 404;
      response.end("[]");
    });
    server.on("connection", () => (connections += 1));

    const client = startClient(url);
    await sleep(1500);
    const { served, failed, elapsedMs } = await client.stop();
    expect(failed).toBe(0);
    expect(served).toBe(asked);
    expect((served * 1000) / elapsedMs).toBeGreaterThan(50);
    expect(connections).toBeLessThan(17);
    expect(() => process.kill(client.pid, 0)).toThrow("ESRCH");
  });

  it("counts another status and a broken connection as failed, each once", async () => {
    let asked = 0;
    const url = await listen((_, response) => {
      asked += 1;
      if (asked % 3 === 1) {
        response.statusCode = 500;
        response.end();
      } else if (asked % 3 === 2) {
        response.destroy();
      } else {
        response.end("ok");
      }
    });
    const client = startClient(url);
    await sleep(500);
    const { served, failed, failures } = await client.stop();
    expect(served + failed).toBe(asked);
    expect(Math.abs(failed - 2 * served)).toBeLessThan(4);
    expect(failures).toHaveLength(10);
    expect(failures.join()).toContain("status 500");
    expect(failures.join()).toContain("socket hang up");
  });

  it("does not say that it counted when it was killed", async () => {
    const client = startClient(await listen((_, response) => response.end()));
    await client.count();
    await client.kill();
    await expect(client.stop()).rejects.toThrow("the client ended before the rehearsal did");
  });
});
