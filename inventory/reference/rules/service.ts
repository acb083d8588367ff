import type { ServiceRule, VariableRule } from "../../../components/core/rules";
import type { RuleText } from "./ruleText";

/** Environment variables and secrets. */
export const VARIABLE: Record<VariableRule, RuleText> = {
  "variable-name": {
    means: "The name is none of an environment variable, or Cloud Run sets it itself.",
    remedy: "Choose another name.",
  },
  "variable-value": {
    means: "The value is no text that fits into an environment variable.",
    remedy: "Put numbers in quotes.",
  },
  "variable-twice": {
    means: "Two arguments set one variable, and either could win.",
    remedy: "Rename one of the two.",
  },
  "secret-name": {
    means: "Names that begin so are those of the connection's own secrets.",
    remedy: "Choose another name.",
  },
  "secret-source": {
    means: "A secret comes either from `value`, or from `existingSecret` with its `version`.",
    remedy: "Give one of the two.",
  },
  "secret-value": {
    means: "Secret Manager takes texts of 1 byte to 64 KiB.",
    remedy: "Keep larger files in a bucket.",
  },
  "secret-id": {
    means: "The value is no secret's ID.",
    remedy: "Give the ID, or `projects/{project}/secrets/{id}` for one of another project.",
  },
  "secret-version": {
    means:
      "A version is pinned by its number. With `latest`, instances of one revision would see different values.",
    remedy: "Give the number; `gcloud secrets versions list` lists them.",
  },
  "secret-unused": {
    means: "Nobody would get the secret.",
    remedy: "Leave it out, or set `toMigration`.",
  },
  "migration-reader": {
    means: "Connection and reader of the migration belong together.",
    remedy: "Give both, or neither.",
  },
};

/** The service and its workers. */
export const SERVICE: Record<ServiceRule, RuleText> = {
  "taken-port": {
    means: "The Auth Proxy beside the service listens there.",
    remedy: "Listen on another port: the service gets it as `PORT`.",
  },
  "memory-amount": {
    means: "The value is no amount of memory.",
    remedy: "Write `512Mi` or `2Gi`.",
  },
  "memory-of-cpu": {
    means: "Cloud Run does not give that much memory with so many processors, or so little.",
    remedy: "Follow the range in the error.",
  },
  "instances-range": {
    means: "There would always be more instances than may be.",
    remedy: "Raise `maxInstances`, or lower `minInstances`.",
  },
  "http-path": {
    means: "A probe asks for a path of the service.",
    remedy: "Begin with `/`, without host.",
  },
  "image-name": {
    means: "The value is no name of an image with its registry.",
    remedy: "Write `us-docker.pkg.dev/cloudrun/container/hello`.",
  },
  "worker-name": {
    means:
      "The worker's name becomes part of its name in Google Cloud, and releases use some themselves.",
    remedy: "Choose another name.",
  },
  "worker-kind-member": {
    means: "The argument belongs to the other kind of worker.",
    remedy: "Leave it out, or change `kind`.",
  },
  "worker-job-direct": {
    means: "The task of a job does not end while the Auth Proxy beside it runs.",
    remedy: "Set `service.databaseAccess` to `Direct`.",
  },
  "direct-network": {
    means: "A private address leads nowhere from outside its network.",
    remedy: "Give `network` and `subnetwork`.",
  },
  "plain-host": {
    means: "The program connects by TCP, so it must be told an address.",
    remedy: "Give `connection.host`.",
  },
  "plain-password": {
    means: "The program cannot make itself a token, so it needs a password.",
    remedy: "Give `connection.password`.",
  },
  "job-command-only": {
    means: "Our own tool finds the instance by its connection name.",
    remedy: "Leave the argument out, or give `command`.",
  },
  "live-container-name": {
    means:
      "Releases find the container that they change by its name, and the live one has another.",
    remedy: "Name it `app` again.",
  },
};
