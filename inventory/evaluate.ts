import * as pulumi from "@pulumi/pulumi";

import { createdState, EXAMPLE_PROJECT, foundState, type Inputs } from "./cloudAnswers";
import { fromEngine } from "./engineValue";
import { SecretValue } from "./secretValue";

/** Everything that one run of a program registered. */
export interface Inventory {
  /** Components and resources, by type and name. */
  resources: InventoryResource[];
  /** What the program returned, resolved. */
  outputs: Record<string, unknown>;
}

export interface InventoryResource {
  /** `gcp:cloudrunv2/service:Service` */
  type: string;
  /** The logical name. */
  name: string;
  /** `type name` of the parent. */
  parent: string | null;
  /** What the program set, resolved; secrets are `SecretValue`. */
  inputs: Record<string, unknown>;
  protect: boolean;
  ignoreChanges: string[];
  urn: string;
  /** URNs that the engine waits for: every resource whose output is an input, and `dependsOn`. */
  dependsOn: string[];
  /** False for a component. */
  custom: boolean;
  /** Inputs, and what the cloud would have computed. */
  state: Record<string, unknown>;
  /** Outputs that a component registered; `null` when it never did. */
  registeredOutputs: Record<string, unknown> | null;
}

export interface EvaluateOptions {
  /** @default "dev" */
  stack?: string;
  /** Pulumi's project name. @default "cloud-run-migrations" */
  project?: string;
  /** Unknown values as in `pulumi preview` of a stack that does not exist yet. @default false */
  preview?: boolean;
  /** Configuration by full key, `cloud-run-migrations:region`. */
  config?: Record<string, string>;
  /**
   * Answers a provider function, such as `gcp:cloudrunv2/getService:getService`. @default - a
   * Cloud SQL instance that somebody else made is there, and fits; nothing else is
   */
  answer?: (token: string, inputs: Inputs) => Record<string, unknown>;
  /** Told of each resource as soon as it is there, also when the program fails later. */
  onRegistered?: (resource: InventoryResource) => void;
}

// Pulumi's runtime is global to the process: one evaluation at a time.
let last: Promise<unknown> = Promise.resolve();

/** Runs a program without engine and cloud. Rejects with the program's own error. */
export function evaluate(
  program: () => unknown,
  options: EvaluateOptions = {},
): Promise<Inventory> {
  const run = last.then(() => runUnderMocks(program, options));
  last = run.catch(() => undefined);
  return run;
}

async function runUnderMocks(program: () => unknown, options: EvaluateOptions): Promise<Inventory> {
  const { stack = "dev", project = "cloud-run-migrations", preview = false } = options;
  await pulumi.runtime.setMocks(mocks(options), project, stack, preview);
  pulumi.runtime.setAllConfig({ "gcp:project": EXAMPLE_PROJECT, ...options.config });
  const recorder = record(options);
  const rejections = listenForRejections();
  try {
    return await Promise.race([
      rejections.first,
      Promise.resolve(program())
        .then(resolveOutputs)
        .then(async (outputs) => {
          await pulumi.runtime.disconnect(); // drains the queue of registrations
          await rejections.reported();
          return { resources: recorder.resources(), outputs };
        }),
    ]);
  } catch (error) {
    await quiet();
    throw error;
  } finally {
    rejections.stop();
  }
}

/**
 * Lets what a failed program has begun come to its end, so that it does not disturb the next one.
 */
async function quiet(): Promise<void> {
  const pause = new Promise((resolve) => setTimeout(resolve, 100));
  await Promise.race([pause, pulumi.runtime.disconnect()]);
  await pause;
}

function mocks({ answer, preview }: EvaluateOptions): pulumi.runtime.Mocks {
  return {
    newResource: ({ type, name, inputs, custom }) => {
      const given = inputs as Inputs;
      if (!custom) return { id: undefined, state: {} };
      const { id, state } = createdState(type, name, given);
      // During a preview only what the program set is known.
      return preview === true ? { id: undefined, state: given } : { id, state };
    },
    call: ({ token, inputs }) => {
      try {
        return (answer ?? foundState)(token, inputs as Inputs);
      } catch (error) {
        // The program reads a failed call's reason where gRPC puts it.
        const reason = error instanceof Error ? error.message : String(error);
        throw Object.assign(new Error(reason), { details: reason });
      }
    },
  };
}

/**
 * Listens between the SDK and the mocks, for Pulumi's `Mocks` never see parents, protection and
 * dependencies.
 */
function record({ onRegistered }: EvaluateOptions): { resources(): InventoryResource[] } {
  const byUrn = new Map<string, InventoryResource>();
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const registerResource = monitor.registerResource.bind(monitor);
  const registerResourceOutputs = monitor.registerResourceOutputs.bind(monitor);
  monitor.registerResource = (request, callback) => {
    void registerResource(request, (error, response) => {
      if (response !== undefined) {
        const resource = describe(request, response);
        byUrn.set(resource.urn, resource);
        onRegistered?.(resource);
      }
      callback(error, response);
    });
  };
  monitor.registerResourceOutputs = (request, callback) => {
    const resource = byUrn.get(request.getUrn());
    if (resource !== undefined) resource.registeredOutputs = members(request.getOutputs());
    registerResourceOutputs(request, callback);
  };
  const key = ({ type, name }: InventoryResource): string => `${type} ${name}`;
  return {
    resources: () => [...byUrn.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1)),
  };
}

function describe(request: RegisterRequest, response: RegisterResponse): InventoryResource {
  const parent = request.getParent();
  const [, , parentType = "", parentName = ""] = parent.split("::");
  return {
    type: request.getType(),
    name: request.getName(),
    parent: parent === "" ? null : `${parentType.split("$").at(-1) ?? ""} ${parentName}`,
    inputs: members(request.getObject()),
    protect: request.getProtect() ?? false,
    ignoreChanges: request.getIgnorechangesList(),
    urn: response.getUrn(),
    dependsOn: request.getDependenciesList(),
    custom: request.getCustom(),
    state: members(response.getObject()),
    registeredOutputs: null,
  };
}

function members(struct: Struct | undefined): Record<string, unknown> {
  return fromEngine(struct?.toJavaScript() ?? {}) as Record<string, unknown>;
}

async function resolveOutputs(returned: unknown): Promise<Record<string, unknown>> {
  if (typeof returned !== "object" || returned === null) return {};
  if (pulumi.Resource.isInstance(returned)) return {};
  const resolved = Object.entries(returned).map(async ([name, value]) => {
    const output = pulumi.output(value as unknown);
    const [plain, secret] = await Promise.all([promiseOf(output), pulumi.isSecret(output)]);
    return [name, secret ? new SecretValue(plain) : plain] as const;
  });
  return Object.fromEntries(await Promise.all(resolved));
}

/** An output's value; `undefined` while it is unknown. */
function promiseOf(output: pulumi.Output<unknown>): Promise<unknown> {
  return (output as unknown as { promise(): Promise<unknown> }).promise();
}

interface Rejections {
  /** Rejects with the first. */
  first: Promise<never>;
  /** Resolves once Node has reported everything that was rejected so far. */
  reported(): Promise<void>;
  stop(): void;
}

/**
 * An error inside an output surfaces as an unhandled rejection, and Pulumi's CLI reports it from
 * there. So does this, in the place of whatever else listens. Whoever waits for that output waits
 * for ever.
 */
function listenForRejections(): Rejections {
  const others = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  const first = new Promise<never>((_, reject) => {
    process.on("unhandledRejection", reject);
  });
  // Nobody may be waiting for it any more when it comes.
  first.catch(() => undefined);
  return {
    first,
    reported: async () => {
      // Node reports a rejection after the microtasks of the turn in which it happened.
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
    },
    stop: () => {
      process.removeAllListeners("unhandledRejection");
      for (const listener of others) process.on("unhandledRejection", listener);
    },
  };
}

// The part of the engine's protocol that is read here; @pulumi/pulumi publishes no types for it.
interface Struct {
  toJavaScript(): unknown;
}

interface RegisterRequest {
  getType(): string;
  getName(): string;
  getParent(): string;
  getCustom(): boolean;
  getObject(): Struct | undefined;
  getProtect(): boolean | undefined;
  getIgnorechangesList(): string[];
  getDependenciesList(): string[];
}

interface RegisterResponse {
  getUrn(): string;
  getObject(): Struct | undefined;
}

type RegisterCallback = (error: unknown, response?: RegisterResponse) => void;

interface OutputsRequest {
  getUrn(): string;
  getOutputs(): Struct | undefined;
}

interface Monitor {
  registerResource(request: RegisterRequest, callback: RegisterCallback): unknown;
  registerResourceOutputs(request: OutputsRequest, callback: unknown): void;
}
