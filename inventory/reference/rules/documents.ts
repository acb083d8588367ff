import type { DocumentRule } from "../../../components/core/rules";
import type { RuleText } from "./ruleText";

/** Release documents. */
export const DOCUMENT: Record<DocumentRule, RuleText> = {
  "document-readable": {
    means: "The text is neither YAML nor JSON.",
    remedy: "Look at the line that the error names.",
  },
  "document-steps": {
    means: "A release without steps does nothing.",
    remedy: "Give its steps.",
  },
  "document-step": {
    means: "Something stands among the steps that is none.",
    remedy: "Take it out.",
  },
  "document-step-id": {
    means: "Two steps share an ID, so nobody knows which of them is waited for.",
    remedy: "Rename one.",
  },
  "document-wait-for-dropped": {
    means:
      "A step without `waitFor` waits for all before it; among steps that have it, the line was most likely forgotten.",
    remedy: "Write it on every step after the first, or on none.",
  },
  "document-wait-for-unknown": {
    means: "A step can wait for earlier steps only.",
    remedy: "Move it, or correct the ID.",
  },
  "document-allow-failure": {
    means: "A step that may fail would let the release go on.",
    remedy: "Take `allowFailure` out.",
  },
  "document-allow-exit-codes": {
    means: "An exit code that passes would let the release go on.",
    remedy: "Take `allowExitCodes` out.",
  },
  "document-script-and-args": {
    means: "Cloud Build takes either a script or arguments.",
    remedy: "Take one out.",
  },
  "document-substitution-in-shell": {
    means: "Whoever names a branch could run code there.",
    remedy: "Give the value by `env`, and use `script`.",
  },
  "document-migration": {
    means: "No step migrates the database.",
    remedy: "Add one, named `migrate`.",
  },
  "document-migration-does-nothing": {
    means: "The step that migrates runs nothing that could.",
    remedy: "Give it the migration's command.",
  },
  "document-migration-elsewhere": {
    means: "The step runs neither the migration job nor the image that this build made.",
    remedy: "Run the image that was just built, or execute the job.",
  },
  "document-migration-excused": {
    means: "A failed migration counts as a success.",
    remedy: "Let it stand by itself: no `|| true`, no condition, no pipe without `pipefail`.",
  },
  "document-migration-overlooked": {
    means: "A later command succeeds in the migration's place.",
    remedy: "Begin the script with `set -e`.",
  },
  "document-migration-not-awaited": {
    means: "The build goes on before the job has ended.",
    remedy: "Execute it with `--wait`.",
  },
  "document-migration-other-command": {
    means: "The tool is called, but not to migrate.",
    remedy: "Call `up`.",
  },
  "document-pushed-before-migration": {
    means: "The database would be changed by an image that nobody can deploy.",
    remedy: "Push the image first.",
  },
  "document-migrated-before-release": {
    means: "A revision could serve before its migrations have succeeded.",
    remedy: "Let the step wait for the migration.",
  },
  "document-secret-missing": {
    means: "The step names a secret that the document does not have.",
    remedy: "Add it to `availableSecrets`.",
  },
  "document-secret-unused": {
    means: "The document fetches a secret that no step uses.",
    remedy: "Take it out.",
  },
  "document-secret-repeated": {
    means: "Two secrets share a name, and either could win.",
    remedy: "Rename one.",
  },
  "document-timeout": {
    means: "The build would end before its steps have.",
    remedy: "Raise `timeout` to their sum.",
  },
};
