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
  const end = Date.now() + secondsOf(probe) * 1000;
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  while (!ended.aborted) {
    const left = end - Date.now();
    if (left <= 0) return false;
    if (await attempt(probe, ports, Math.min(timeoutMs, left))) return !ended.aborted;
    await sleep(Math.min(INTERVAL_MS, Math.max(0, end - Date.now())));
  }
  return false;
}

/** Why the probe did not succeed in its time, in words. */
export async function startupFailure(
  probe: Probe = DEFAULT,
  ports: { container: number; local: number },
): Promise<string> {
  const port = portOf(probe, ports);
  const within = `within ${secondsOf(probe)} s`;
  if (probe.httpGet !== undefined && (await tcp(port, 1000))) {
    return `GET ${probe.httpGet.path} was not answered with 2xx or 3xx ${within}.`;
  }
  const name = port === ports.local ? `PORT, which was ${port}` : `port ${port}`;
  return `Nothing listened on ${name}, ${within}.`;
}

function secondsOf({ initialDelaySeconds = 0, periodSeconds = 10, failureThreshold = 3 }: Probe) {
  return initialDelaySeconds + periodSeconds * failureThreshold;
}

function portOf(probe: Probe, ports: { container: number; local: number }): number {
  const wanted = probe.httpGet?.port ?? probe.tcpSocket?.port ?? ports.container;
  return wanted === ports.container ? ports.local : wanted;
}

function attempt(
  probe: Probe,
  ports: { container: number; local: number },
  timeoutMs: number,
): Promise<boolean> {
  const port = portOf(probe, ports);
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
