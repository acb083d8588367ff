import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { HttpError } from "./httpError";
import { answer } from "./routes";
import type { Store } from "./store";

// Longer than the 600 s for which Google's front ends keep a connection; a shorter one closes under
// a request that is on its way. https://cloud.google.com/load-balancing/docs/https#timeout-keepalive-backends
const KEEP_ALIVE_MS = 620_000;

/** The HTTP server over `store`, not yet listening. `logError` gets what callers are not told. */
export function createService(store: Store, logError: (error: unknown) => void): Server {
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 30_000, headersTimeout: 10_000 },
    (request, response) => {
      respond(server, store, request, response).catch((error: unknown) => {
        sendError(response, error, logError);
      });
    },
  );
  return server;
}

async function respond(
  server: Server,
  store: Store,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { status, body } = await answer(store, request);
  // While draining, the client is told to take another connection, and so another instance.
  send(response, status, body, server.listening ? {} : { connection: "close" });
}

function sendError(
  response: ServerResponse,
  error: unknown,
  logError: (error: unknown) => void,
): void {
  if (error instanceof HttpError) {
    send(response, error.status, { error: error.message }, error.headers);
    return;
  }
  logError(error);
  send(response, 500, { error: "internal error" }, {});
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string>,
): void {
  // The caller has gone away.
  if (response.destroyed || response.headersSent) return;
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    ...headers,
  });
  response.end(text);
}
