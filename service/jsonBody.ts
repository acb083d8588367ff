import type { IncomingMessage } from "node:http";
import { HttpError } from "./httpError";

/** Bytes of a request body that are read at most. */
export const MAX_BODY_BYTES = 16 * 1024;

/** Reads a JSON object of at most `MAX_BODY_BYTES`. */
export async function readJsonObject(request: IncomingMessage): Promise<Record<string, unknown>> {
  const contentType = request.headers["content-type"] ?? "";
  if (!/^application\/json\s*(;|$)/i.test(contentType)) {
    throw new HttpError(415, "expected content-type application/json");
  }
  const text = await readText(request);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new HttpError(400, "expected a JSON object, got text that is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new HttpError(400, "expected a JSON object");
  }
  return value as Record<string, unknown>;
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // The rest of the body is never read: the connection cannot carry another request.
    if (bytes > MAX_BODY_BYTES) {
      throw new HttpError(413, `expected at most ${MAX_BODY_BYTES} bytes`, { connection: "close" });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
