import * as pulumi from "@pulumi/pulumi";

/**
 * An error of the user's, shown at `component` without a stack trace.
 *
 * It carries no stack frames either: before it prints anything the Pulumi runtime passes every error to
 * `util.inspect` in colours, and Node.js 20.20 loops there for ever, filling memory, on frames of Pulumi's own
 * `.apply` (`node_modules/@pulumi/output.ts`: a scope without a package).
 *
 * @see https://github.com/nodejs/node/blob/v20.20.2/lib/internal/util/inspect.js#L1349
 */
export function resourceError(message: string, component: pulumi.Resource): pulumi.ResourceError {
  const error = new pulumi.ResourceError(message, component, true);
  error.stack = `${error.name}: ${message}`;
  return error;
}
