import { runtime } from "@pulumi/pulumi";

import { SecretValue } from "./secretValue";

/** A value that is not known before the deployment, as a preview shows it. */
export const UNKNOWN = "[unknown]";

/**
 * A value as it crosses to the engine, made plain: secrets become `SecretValue`, unknowns
 * `[unknown]`.
 *
 * Pulumi's own reader would move a secret up to the outermost property.
 */
export function fromEngine(value: unknown): unknown {
  if (value === runtime.unknownValue) return UNKNOWN;
  if (Array.isArray(value)) return value.map(fromEngine);
  if (typeof value !== "object" || value === null) return value;
  const members = value as Record<string, unknown>;
  switch (members[runtime.specialSigKey]) {
    case undefined:
      return Object.fromEntries(
        Object.entries(members).map(([key, member]) => [key, fromEngine(member)]),
      );
    case runtime.specialSecretSig:
      return new SecretValue(fromEngine(members["value"]));
    case runtime.specialResourceSig:
      return members["urn"];
    default:
      throw new Error(
        `value of a kind that no component here uses: ${Object.keys(members).join(", ")}`,
      );
  }
}
