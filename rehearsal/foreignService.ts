import type { Inventory, InventoryResource } from "../inventory";

interface Container {
  name?: unknown;
  ports?: { containerPort?: unknown };
  startupProbe?: Record<string, unknown>;
  livenessProbe?: unknown;
}

/**
 * The stack describes the sample service. Another one answers other paths, so its startup probe asks
 * for `startupPath`, or only connects, and it has no liveness probe.
 */
export function withForeignService(inventory: Inventory, startupPath: string | null): Inventory {
  return {
    ...inventory,
    resources: inventory.resources.map((resource) =>
      resource.type === "gcp:cloudrunv2/service:Service"
        ? withProbe(resource, startupPath)
        : resource,
    ),
  };
}

function withProbe(resource: InventoryResource, startupPath: string | null): InventoryResource {
  const template = resource.inputs["template"] as { containers: Container[] };
  // The application is the first container for ever; the others are ours.
  const [app, ...sidecars] = template.containers;
  if (app === undefined) throw new Error(`${resource.name}: expected a container, got none`);
  const rest = without(app, ["startupProbe", "livenessProbe"]);
  const timing = without(app.startupProbe ?? {}, ["httpGet", "tcpSocket"]);
  const port = app.ports?.containerPort ?? 8080;
  const probe =
    startupPath === null ? { tcpSocket: { port } } : { httpGet: { path: startupPath, port } };
  const containers = [{ ...rest, startupProbe: { ...timing, ...probe } }, ...sidecars];
  return { ...resource, inputs: { ...resource.inputs, template: { ...template, containers } } };
}

function without(object: object, keys: string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}
