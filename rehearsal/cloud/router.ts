import {
  type IncomingMessage,
  type Server,
  type ServerResponse,
  createServer,
  request as startRequest,
} from "node:http";
import { portOf } from "./ports";
import type { Revision } from "./revision";

/** A share of the traffic. */
export interface Route {
  revision: Revision;
  percent: number;
}

/** Where a service answers: sends each request to a revision, by percent. */
export class Router {
  /** Requests that were answered below 500, and all others. */
  readonly requests = { served: 0, failed: 0 };
  private routes: readonly Route[] = [];
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      void this.handle(request, response);
    });
    // Longer than a client keeps an idle connection: else its next request meets a closing one.
    this.server.keepAliveTimeout = 65_000;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(0, "127.0.0.1", resolve);
    });
  }

  get url(): string {
    return `http://127.0.0.1:${portOf(this.server)}`;
  }

  /** Takes effect with the next request; those under way end where they began. */
  route(routes: readonly Route[]): void {
    this.routes = routes.filter(({ percent }) => percent > 0);
  }

  private pick(): Revision | null {
    const total = this.routes.reduce((sum, { percent }) => sum + percent, 0);
    let left = Math.random() * total;
    for (const { revision, percent } of this.routes) {
      left -= percent;
      if (left < 0) return revision;
    }
    return this.routes.at(-1)?.revision ?? null;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.once("close", () => {
      const succeeded = response.writableFinished && response.statusCode < 500;
      this.requests[succeeded ? "served" : "failed"]++;
    });
    const revision = this.pick();
    if (revision === null) {
      refuse(response, "no revision has traffic");
      return;
    }
    revision.inFlight++;
    try {
      const instance = await revision.ensure();
      if (instance === null) refuse(response, `revision ${revision.name} has no instance`);
      else await forward(request, response, instance.port);
    } finally {
      revision.inFlight--;
    }
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    const closed = new Promise((resolve) => {
      this.server.close(resolve);
    });
    this.server.closeAllConnections();
    await closed;
  }
}

function refuse(response: ServerResponse, reason: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(503, { "content-type": "text/plain" });
  response.end(`${reason}\n`);
}

function forward(request: IncomingMessage, response: ServerResponse, port: number): Promise<void> {
  const { method, url, headers } = request;
  return new Promise((resolve) => {
    response.once("close", resolve);
    // A connection for each request: an idle one may be closed by the service just as it is used.
    const upstream = startRequest({
      host: "127.0.0.1",
      port,
      method,
      path: url,
      headers: { ...headers, "x-forwarded-proto": "https", connection: "close" },
      agent: false,
    });
    upstream.once("response", (answer) => {
      const answerHeaders = { ...answer.headers };
      delete answerHeaders.connection;
      response.writeHead(answer.statusCode ?? 502, answerHeaders);
      answer.pipe(response);
      answer.once("error", () => {
        response.destroy();
      });
    });
    upstream.once("error", () => {
      refuse(response, "the instance did not answer");
    });
    response.once("close", () => {
      upstream.destroy();
    });
    request.pipe(upstream);
  });
}
