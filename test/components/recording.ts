import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";

/** A resource as the engine is told about it. */
export interface Recorded {
  type: string;
  name: string;
  /** Logical name of the parent; undefined at the top. */
  parent: string | undefined;
  inputs: Record<string, unknown>;
  protect: boolean;
  ignoreChanges: string[];
  /** Logical names of what it depends on, by `dependsOn` or through an input. */
  dependsOn: string[];
}

/** Stands for a secret in recorded inputs: its value is left out. */
export const SECRET = "[secret]";
const SECRET_KEY = "4dabf18193072939515e22adb298388d";

/** What Google would compute, as far as components read it. */
function computed(
  type: string,
  name: string,
  inputs: Record<string, string>,
): Record<string, unknown> {
  const project = inputs["project"] ?? "default-project";
  switch (type) {
    case "gcp:sql/databaseInstance:DatabaseInstance":
      return {
        project,
        name: `${name}-1a2b3c4`,
        connectionName: `${project}:europe-west1:${name}-1a2b3c4`,
        privateIpAddress: "10.8.0.3",
        publicIpAddress: "",
      };
    case "gcp:serviceaccount/account:Account": {
      const email = `${inputs["accountId"] ?? ""}@${project}.iam.gserviceaccount.com`;
      return { project, email, name: `projects/${project}/serviceAccounts/${email}` };
    }
    case "gcp:secretmanager/secret:Secret":
      return { project };
    case "gcp:servicenetworking/connection:Connection":
      return { peering: "servicenetworking-googleapis-com" };
    case "gcp:secretmanager/secretVersion:SecretVersion":
      return { version: "1", name: `${inputs["secret"] ?? ""}/versions/1` };
    case "gcp:secretmanager/secretIamMember:SecretIamMember":
    case "gcp:artifactregistry/repository:Repository":
      return { project };
    default:
      return {};
  }
}

/** An ID that says what it is of: `projects/…/secrets/ID` for a secret, else the logical name. */
function idOf(type: string, name: string, inputs: Record<string, string>): string {
  if (type !== "gcp:secretmanager/secret:Secret") return `${name}-id`;
  return `projects/${inputs["project"] ?? "default-project"}/secrets/${inputs["secretId"] ?? ""}`;
}

export interface RecordingOptions {
  stack?: string;
  preview?: boolean;
  /** Milliseconds that making a resource of this type takes. */
  delays?: Record<string, number>;
  /** Told when a resource has been made. */
  onMade?: (name: string) => void;
}

/** The key of a component among what was recorded. */
export function componentKey(name: string): string {
  return `component ${name}`;
}

/** Runs `program` under mocks and gives every resource it registered, by name. */
export async function record(
  program: () => void,
  { stack = "dev", preview = false, delays = {}, onMade }: RecordingOptions = {},
): Promise<Map<string, Recorded>> {
  const recorded = new Map<string, Recorded>();
  await pulumi.runtime.setMocks(
    {
      async newResource({ type, name, inputs }) {
        await new Promise((resolve) => setTimeout(resolve, delays[type] ?? 0));
        onMade?.(name);
        const texts = inputs as Record<string, string>;
        return {
          id: idOf(type, name, texts),
          state: { ...texts, ...computed(type, name, texts) },
        };
      },
      call: () => ({}),
    },
    "project",
    stack,
    preview,
  );
  const prototype = MockMonitor.prototype as unknown as {
    registerResource: (request: RegisterResourceRequest, callback: unknown) => Promise<void>;
  };
  const original = prototype.registerResource;
  prototype.registerResource = async function (request, callback) {
    // A component and its main child may share a name.
    const key = request.getCustom() ? request.getName() : componentKey(request.getName());
    if (recorded.has(key)) throw new Error(`${key} is there twice`);
    recorded.set(key, describeRequest(request));
    await original.call(this, request, callback);
  };
  try {
    program();
    await pulumi.runtime.disconnect(); // drains the registration queue
  } finally {
    prototype.registerResource = original;
  }
  return recorded;
}

function describeRequest(request: RegisterResourceRequest): Recorded {
  const parent = request.getParent();
  const inputs = request.getObject()?.toJavaScript() ?? {};
  return {
    type: request.getType(),
    name: request.getName(),
    parent: parent === "" ? undefined : nameOf(parent),
    inputs: hideSecrets(inputs) as Record<string, unknown>,
    protect: request.getProtect() ?? false,
    ignoreChanges: request.getIgnorechangesList(),
    dependsOn: request.getDependenciesList().map(nameOf).sort(),
  };
}

function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? urn;
}

function hideSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hideSecrets);
  if (typeof value !== "object" || value === null) return value;
  if (SECRET_KEY in value) return SECRET;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, hideSecrets(member)]),
  );
}

/** A resource that takes an output, to see what that output waits for. */
export class Probe extends pulumi.CustomResource {
  constructor(name: string, value: pulumi.Input<unknown>) {
    super("test:index:Probe", name, { value });
  }
}

/** The recorded resources of a type. */
export function ofType(recorded: Map<string, Recorded>, type: string): Recorded[] {
  return [...recorded.values()].filter((resource) => resource.type === type);
}

/** One recorded resource; fails when it is not there. */
export function resource(recorded: Map<string, Recorded>, name: string): Recorded {
  const found = recorded.get(name);
  if (found === undefined) {
    throw new Error(`no resource "${name}" among ${[...recorded.keys()].join(", ")}`);
  }
  return found;
}
