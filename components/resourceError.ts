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
  // Pulumi writes `error serializing property "…": ` in front, once for every input that the error passes.
  // https://github.com/pulumi/pulumi/blob/v3.248.0/sdk/nodejs/runtime/rpc.ts
  Object.defineProperty(error, "message", { get: () => message, set: () => undefined });
  return error;
}

/**
 * `output.apply(callback)` for a callback that may throw. It must not be `async`: what it throws has to
 * come from a plain promise reaction.
 *
 * Pulumi's own `.apply` calls it from an `async` function, and Pulumi runs programs with V8's debugger
 * on. For every throw below an `async` function the debugger then walks all promises that wait for that
 * function, to find out whether one catches. It forgets where it has been, so the walk grows
 * exponentially with the outputs behind it, and fills memory before the error is shown.
 *
 * @see https://github.com/nodejs/node/blob/v20.20.2/deps/v8/src/execution/isolate.cc (`PromiseHasUserDefinedRejectHandler`)
 * @see https://github.com/pulumi/pulumi/blob/v3.248.0/sdk/nodejs/runtime/closure/v8Hooks.ts (`Debugger.enable`)
 */
export function applyThrowing<T, U>(
  output: pulumi.Output<T>,
  callback: (value: T) => U | Promise<U>,
): pulumi.Output<U> {
  return output.apply<U>((value) => Promise.resolve().then(() => callback(value)));
}
