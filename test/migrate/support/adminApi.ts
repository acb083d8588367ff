import { type IncomingMessage, type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it came. */
export interface ApiRequest {
  method: string;
  path: string;
  body: unknown;
  authorization: string | undefined;
}

/** What is answered: status and body, or nothing at all. */
export type ApiAnswer = { status: number; body: unknown } | "hang" | "drop";

/** A server that plays the Cloud SQL Admin API. */
export interface TestAdminApi {
  /** `127.0.0.1:PORT` */
  host: string;
  requests: ApiRequest[];
  /** Replaces the answers: the last one is given again and again. */
  answer(insert: readonly ApiAnswer[], get: readonly ApiAnswer[]): void;
  stop(): Promise<void>;
}

export const BACKUP_ID = "1763863200000";
export const ENDED = "2026-11-23T02:00:07.123Z";

/** What insert answers. */
export const STARTED: ApiAnswer = {
  status: 200,
  body: {
    ...{ kind: "sql#operation", name: "b9b0", operationType: "BACKUP_VOLUME", status: "PENDING" },
    backupContext: { kind: "sql#backupContext", backupId: BACKUP_ID },
  },
};

export function run(status: string, more: object = {}): ApiAnswer {
  const times = { enqueuedTime: "2026-11-23T02:00:00.000Z", startTime: "2026-11-23T02:00:01.000Z" };
  const body = { kind: "sql#backupRun", id: BACKUP_ID, status, type: "ON_DEMAND", ...times };
  return { status: 200, body: { ...body, ...more } };
}

export const SUCCESSFUL = run("SUCCESSFUL", { endTime: ENDED });

export function refusal(status: number, message: string): ApiAnswer {
  return { status, body: { error: { code: status, message, status: "WHATEVER" } } };
}

export async function startAdminApi(): Promise<TestAdminApi> {
  const requests: ApiRequest[] = [];
  let answers: { POST: ApiAnswer[]; GET: ApiAnswer[] } = { POST: [STARTED], GET: [SUCCESSFUL] };
  const server: Server = createServer((request, response) => {
    void (async () => {
      const method = request.method === "POST" ? "POST" : "GET";
      const text = await readBody(request);
      const { authorization } = request.headers;
      const body: unknown = text === "" ? null : JSON.parse(text);
      requests.push({ method, path: request.url ?? "", body, authorization });
      const left = answers[method];
      const answer = left.length > 1 ? left.shift() : left[0];
      if (answer === undefined || answer === "hang") return;
      if (answer === "drop") {
        request.socket.destroy();
        return;
      }
      response.writeHead(answer.status, { "content-type": "application/json" });
      response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
    })();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    requests,
    answer: (insert, get) => {
      requests.length = 0;
      answers = { POST: [...insert], GET: [...get] };
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
