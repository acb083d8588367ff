import { quote, type Violation } from "../core/violations";
import type { AnyBuildDocument, AnyBuildStep } from "./document";
import { stepPath } from "./stepGraph";

/** Checks that every secret of a step is there, once, and that none is there for nothing. */
export function checkSecrets(document: AnyBuildDocument, steps: AnyBuildStep[]): Violation[] {
  const available = (document.availableSecrets?.secretManager ?? []).map(({ env }) => env);
  const general = document.options?.secretEnv ?? [];
  const used = new Set([...general, ...steps.flatMap(({ secretEnv = [] }) => secretEnv)]);
  const missing = steps.flatMap(({ secretEnv = [] }, index) =>
    secretEnv
      .filter((name) => !available.includes(name))
      .map((name): Violation => ({
        path: `${stepPath(steps, index)}.secretEnv`,
        expected: available.join(" | ") || "no secret, for availableSecrets has none",
        got: quote(name),
        rule: "document-secret-missing",
      })),
  );
  const unused = available
    .filter((name) => !used.has(name))
    .map((name): Violation => ({
      path: "availableSecrets.secretManager",
      expected: "secrets that a step uses",
      got: quote(name),
      rule: "document-secret-unused",
    }));
  const repeated = available
    .filter((name, index) => available.indexOf(name) !== index)
    .map((name): Violation => ({
      path: "availableSecrets.secretManager",
      expected: "one secret for each name",
      got: `${quote(name)} again`,
      rule: "document-secret-repeated",
    }));
  return [...missing, ...unused, ...repeated];
}
