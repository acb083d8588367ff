/** An answer other than success, in words that are safe to show to the caller. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** Sent besides the content type, such as `allow` with 405. */
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }
}
