import { randomUUID } from "node:crypto";
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { Emit } from "./events";
import { timestamp } from "./platform";
import { portOf } from "./ports";

/**
 * A backup as the API shows it.
 *
 * @see https://cloud.google.com/sql/docs/postgres/admin-api/rest/v1/backupRuns
 */
export interface BackupRun {
  kind: "sql#backupRun";
  id: string;
  instance: string;
  type: "ON_DEMAND";
  status: "SUCCESSFUL";
  description: string;
  enqueuedTime: string;
  startTime: string;
  endTime: string;
}

const ROUTE = /^\/v1\/projects\/([^/]+)\/instances\/([^/]+)\/backupRuns(?:\/(\d+))?$/;

/**
 * Cloud SQL's Admin API, as far as a release uses it: it takes note of on-demand backups. Nothing is
 * copied, and nothing can be restored from them.
 */
export class SqlAdmin {
  private readonly runs: { project: string; run: BackupRun }[] = [];
  private readonly server: Server;
  private lastId = 0;

  constructor(
    private readonly emit: Emit,
    /** Whether the environment grants somebody what a backup needs. */
    private readonly isAllowed: boolean,
  ) {
    this.server = createServer((request, response) => {
      void this.answer(request, response);
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(0, "127.0.0.1", resolve);
    });
  }

  /** Where it listens, for clients that know of emulators. */
  get host(): string {
    return `127.0.0.1:${portOf(this.server)}`;
  }

  /** Newest first. */
  list(project: string, instance: string): BackupRun[] {
    const wanted = this.runs.filter(
      (entry) => entry.project === project && entry.run.instance === instance,
    );
    return wanted.map(({ run }) => run).reverse();
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    this.server.closeAllConnections();
    await new Promise((resolve) => {
      this.server.close(resolve);
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const send = (status: number, body: unknown): void => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const [, project = "", instance = "", id] = ROUTE.exec(path) ?? [];
    const place = { project: decodeURIComponent(project), instance };
    const text = await readAll(request);
    if (instance === "") send(404, failure(404, "NOT_FOUND", `nothing is at ${path}`));
    else if (!this.isAllowed) {
      const message = "The client is not authorized to make this request.";
      send(403, failure(403, "PERMISSION_DENIED", message));
    } else if (request.method === "POST" && id === undefined) {
      const description = descriptionOf(text);
      if (description === null) send(400, failure(400, "INVALID_ARGUMENT", "Invalid JSON payload"));
      else send(200, operation(place, this.take(place, description)));
    } else {
      const run = this.list(place.project, instance).find((candidate) => candidate.id === id);
      if (run === undefined) send(404, failure(404, "NOT_FOUND", "The backup run was not found."));
      else send(200, run);
    }
  }

  private take({ project, instance }: Place, description: string): BackupRun {
    const now = timestamp();
    // Google's IDs are milliseconds too, and unlike each other.
    this.lastId = Math.max(Date.now(), this.lastId + 1);
    const run: BackupRun = {
      kind: "sql#backupRun",
      id: String(this.lastId),
      instance,
      type: "ON_DEMAND",
      status: "SUCCESSFUL",
      description,
      enqueuedTime: now,
      startTime: now,
      endTime: now,
    };
    this.runs.push({ project, run });
    this.emit({ type: "backup-taken", instance, id: run.id, recoveryTime: run.endTime });
    return run;
  }
}

interface Place {
  project: string;
  instance: string;
}

function operation({ project, instance }: Place, { id }: BackupRun): Record<string, unknown> {
  return {
    kind: "sql#operation",
    name: randomUUID(),
    operationType: "BACKUP_VOLUME",
    status: "PENDING",
    targetId: instance,
    targetProject: project,
    backupContext: { kind: "sql#backupContext", backupId: id },
  };
}

function failure(code: number, status: string, message: string): Record<string, unknown> {
  return { error: { code, message, status } };
}

/** Null for a body that is no JSON object. */
function descriptionOf(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text === "" ? "{}" : text);
    if (typeof value !== "object" || value === null) return null;
    const { description = "" } = value as { description?: unknown };
    return typeof description === "string" ? description : null;
  } catch {
    return null;
  }
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
