import { request } from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Probe } from "./knative";

// Cloud Run's own probe where none is configured.
// https://cloud.google.com/run/docs/configuring/healthchecks#startup-probes
const DEFAULT: Probe = {
  tcpSocket: {},
  timeoutSeconds: 240,
  periodSeconds: 240,
  failureThreshold: 1,
};

/** How often a process is asked: more often than configured, so that a rehearsal is quick. */
const INTERVAL_MS = 100;

/**
 * Waits until the startup probe succeeds. The time is the configured one: delay, then threshold times
 * period. False when it has passed, or when the process has ended.
 */
export async function waitForStartup(
  probe: Probe = DEFAULT,
  ports: { container: number; local: number },
  ended: AbortSignal,
): Promise<boolean> {
  const { initialDelaySeconds = 0, periodSeconds = 10, failureThreshold = 3 } = probe;
  const end = Date.now() + (initialDelaySeconds + periodSeconds * failureThreshold) * 1000;
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  while (!ended.aborted) {
    const left = end - Date.now();
    if (left <= 0) return false;
    if (await attempt(probe, ports, Math.min(timeoutMs, left))) return !ended.aborted;
    await sleep(Math.min(INTERVAL_MS, Math.max(0, end - Date.now())));
  }
  return false;
}

function attempt(
  probe: Probe,
  ports: { container: number; local: number },
  timeoutMs: number,
): Promise<boolean> {
  const wanted = probe.httpGet?.port ?? probe.tcpSocket?.port ?? ports.container;
  const port = wanted === ports.container ? ports.local : wanted;
  return probe.httpGet === undefined
    ? tcp(port, timeoutMs)
    : http(port, probe.httpGet.path, timeoutMs);
}

function tcp(port: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const finish = (succeeded: boolean): void => {
      socket.destroy();
      resolve(succeeded);
    };
    socket.setTimeout(timeoutMs, () => {
      finish(false);
    });
    socket.once("connect", () => {
      finish(true);
    });
    socket.once("error", () => {
      finish(false);
    });
  });
}

function http(port: number, path: string, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request({ host: "127.0.0.1", port, path, timeout: timeoutMs, agent: false });
    call.once("response", (response) => {
      const { statusCode = 500 } = response;
      response.resume();
      resolve(statusCode >= 200 && statusCode < 400);
    });
    call.once("timeout", () => {
      call.destroy();
    });
    call.once("error", () => {
      resolve(false);
    });
    call.end();
  });
}
