import { createServer } from "node:net";

/** A port of the loopback that nothing listens on at the moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const port = portOf(probe);
      probe.close(() => {
        resolve(port);
      });
    });
  });
}

/** The port that a server listens on. */
export function portOf(server: { address(): unknown }): number {
  const address = server.address() as { port: number } | null;
  if (address === null) throw new Error("the server does not listen");
  return address.port;
}
