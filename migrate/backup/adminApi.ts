import { codeOf, statusOf } from "../connection/failure";
import { googleAuthOf } from "../connection/googleAuth";
import { orAbort } from "../interrupt";
import type { InstanceConnection } from "../settings/connection";
import { splitInstance } from "./backup";

/** A backup as the API tells of it. */
export interface BackupRun {
  status: string;
  startTime: string | null;
  endTime: string | null;
  error: string | null;
}

/** The two calls that a backup needs. */
export interface AdminApi {
  /** Starts a backup and gives its ID. */
  insert(description: string): Promise<string>;
  get(id: string): Promise<BackupRun>;
}

/** The API answered with an error, or with something else than it should. */
export class AdminApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
    this.name = "AdminApiError";
  }
}

const ENDPOINT = "https://sqladmin.googleapis.com";
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * The Cloud SQL Admin API, as the account that the connection uses.
 *
 * @see https://cloud.google.com/sql/docs/postgres/admin-api/rest/v1/backupRuns
 */
export function createAdminApi(connection: InstanceConnection, signal: AbortSignal): AdminApi {
  const { project, instance } = splitInstance(connection.instance);
  const host = connection.emulator?.api ?? ENDPOINT;
  const runs = `${host}/v1/projects/${encodeURIComponent(project)}/instances/${instance}/backupRuns`;
  let auth: ReturnType<typeof googleAuthOf> | null = null;
  const authorize = async (url: string): Promise<Headers> => {
    if (connection.emulator !== null) return new Headers();
    try {
      auth ??= googleAuthOf(connection);
      return new Headers(await (await auth).getRequestHeaders(url));
    } catch (error) {
      // The next try begins anew: the way to the machine's account may have been closed.
      auth = null;
      throw error;
    }
  };
  const call = async (url: string, body?: object): Promise<JsonObject> => {
    const headers = await orAbort(authorize(url), signal);
    headers.set("content-type", "application/json");
    const response = await fetch(url, {
      ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
      headers,
      // The token is for nobody else.
      redirect: "error",
      signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
    });
    return readAnswer(response);
  };
  return {
    insert: async (description) => {
      const operation = await call(runs, { description });
      const id = textOf(objectOf(operation.backupContext).backupId);
      if (id === null) throw new AdminApiError("it answered without a backup's ID", 502);
      return id;
    },
    get: async (id) => {
      const run = await call(`${runs}/${encodeURIComponent(id)}`);
      return {
        status: textOf(run.status) ?? "without a status",
        startTime: textOf(run.startTime),
        endTime: textOf(run.endTime),
        error: textOf(objectOf(run.error).message) ?? textOf(objectOf(run.error).code),
      };
    },
  };
}

/** Why a call failed, as far as it decides whether to try again. */
export type ApiFault =
  /** A permission is missing that may only not have reached every server of Google's yet. */
  | "propagating"
  /** Another operation runs on the instance, as at the time of its daily backup. */
  | "busy"
  /** Google's side, or the way there. */
  | "passing"
  | "final";

export function classifyApiFault(error: unknown): ApiFault {
  const status = statusOf(error);
  if (status === 403) return "propagating";
  if (status === 409) return "busy";
  if (status !== null) return status === 429 || status >= 500 ? "passing" : "final";
  // `fetch failed` hides its reason; a request that took too long is a `TimeoutError`.
  if (!(error instanceof Error)) return "final";
  const isUnanswered = error.name === "TimeoutError" || codeOf(error.cause ?? error) !== null;
  return isUnanswered ? "passing" : "final";
}

type JsonObject = Record<string, unknown>;

async function readAnswer(response: Response): Promise<JsonObject> {
  const text = await response.text();
  const answer = objectOf(parse(text));
  if (response.ok) return answer;
  const message = textOf(objectOf(answer.error).message) ?? response.statusText;
  throw new AdminApiError(message.split("\n")[0] ?? message, response.status);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function objectOf(value: unknown): JsonObject {
  return typeof value === "object" && value !== null ? (value as JsonObject) : {};
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
