import { setTimeout as timer } from "node:timers/promises";

/** The process was told to end; nothing more is begun. */
export class InterruptedError extends Error {
  readonly signal: InterruptSignal;

  constructor(signal: InterruptSignal) {
    super(`interrupted by ${signal}`);
    this.name = "InterruptedError";
    this.signal = signal;
  }
}

export type InterruptSignal = "SIGINT" | "SIGTERM";

/** 128 and the signal's number, as shells have it. */
export const SIGNAL_EXIT_CODES: Readonly<Record<InterruptSignal, number>> = {
  SIGINT: 130,
  SIGTERM: 143,
};

/**
 * Turns the first signal into an abort, so that what runs can be undone and reported; the second one
 * ends the process at once.
 */
export function abortOnSignals(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(SIGNAL_EXIT_CODES[signal]);
      controller.abort(new InterruptedError(signal));
    });
  }
  return controller.signal;
}

/** Waits; throws the signal's reason when it is aborted before or meanwhile. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await timer(ms, undefined, { signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw error;
  });
}

/** `promise`, unless the signal comes first: what it stands for is then left to the process's end. */
export async function orAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    signal.throwIfAborted();
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
