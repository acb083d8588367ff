import type { BuildRule, PlaceRule, ShapeRule, SourceRule } from "../../../components/core/rules";
import type { RuleText } from "./ruleText";

/** What an argument is, whatever it means. */
export const SHAPE: Record<ShapeRule, RuleText> = {
  "missing-argument": {
    means: "An argument that has no default is not there.",
    remedy: "Give it.",
  },
  "unknown-argument": {
    means: "There is no argument of that name there.",
    remedy: "Look for a typing error; [args](args.md) has them all.",
  },
  "known-too-late": {
    means:
      "The value decides what is made, so it must be known when the program runs. An output is not.",
    remedy: "Give a plain value, or configuration.",
  },
  "not-a-group": {
    means: "A group of arguments is expected, `{ … }`.",
    remedy: "Write its members in braces; leave it out for the defaults.",
  },
  "not-by-name": {
    means: "Values by names that you choose are expected, `{ name: value }`.",
    remedy: "Write an object, not a text or a list.",
  },
  "not-a-list": {
    means: "A list is expected.",
    remedy: "Write it in brackets; a command is a list of words.",
  },
  "empty-list": {
    means: "An empty list would mean nothing, or never.",
    remedy: "Leave the argument out, or give at least one item.",
  },
  "not-a-flag": {
    means: '`true` or `false` is expected. A text is neither: `"false"` would count as true.',
    remedy: "In Pulumi's configuration read it by `requireBoolean`.",
  },
  "not-a-text": {
    means: "A text is expected.",
    remedy: "Put it in quotes.",
  },
  "empty-text": {
    means: "The text is empty, so nothing would come of it.",
    remedy: "Give it, or leave the argument out.",
  },
  "whole-number": {
    means: "The number is no whole one, out of its range, or a text.",
    remedy: "Give a number in the range; durations are in seconds, without a unit.",
  },
  "unknown-choice": {
    means: "The argument takes one of a few values.",
    remedy: "Take one of those that the error lists.",
  },
};

/** Project, region, labels and network. */
export const PLACE: Record<PlaceRule, RuleText> = {
  region: {
    means: "The value is no region. A zone has one more part, `europe-west1-b`.",
    remedy: "Take the region of the zone; `gcloud run regions list` lists them.",
  },
  project: {
    means: "The value is no project ID. Number and display name are something else.",
    remedy: "`gcloud projects list` prints the ID.",
  },
  "label-count": {
    means: "Google takes at most 64 labels of a resource.",
    remedy: "Leave some out.",
  },
  "label-key": {
    means: "Google refuses the label's key.",
    remedy: "Write it in lower case, beginning with a letter.",
  },
  "label-value": {
    means: "Google refuses the label's value.",
    remedy: "Write it in lower case, with `-` for spaces.",
  },
  "network-path": {
    means: "A bare name of a network or subnet is not enough, nor is another thing of the network.",
    remedy:
      "Give its ID or self link: `pulumi stack output`, or `gcloud compute networks describe NAME --format 'value(selfLink)'`.",
  },
  "network-pair": {
    means: "Network and subnet belong together: one of them alone would be left out silently.",
    remedy: "Give both, or neither.",
  },
  "subnet-region": {
    means: "Cloud Run takes addresses only of a subnet in its own region.",
    remedy: "Give a subnet of that region; one network can have some in every region.",
  },
  "subnet-range": {
    means: "The value is no range of addresses, or a size that Cloud Run cannot use.",
    remedy: "Give an IPv4 range from /8 to /26.",
  },
  "own-network-access": {
    means: "A network without private services access has no way to Cloud SQL's private address.",
    remedy: "Leave the argument out.",
  },
  "existing-network-routes": {
    means: "The peering of an existing network belongs to whoever made it.",
    remedy: "Set it there.",
  },
  "api-name": {
    means: "The value is no name of an API.",
    remedy: "Write it in full, `run.googleapis.com`.",
  },
  "api-twice": {
    means: "One API is in the list twice, and two resources cannot share a name.",
    remedy: "Take one out.",
  },
};

/** The repository. */
export const SOURCE: Record<SourceRule, RuleText> = {
  "source-kind": {
    means: "A release has exactly one source.",
    remedy: "Give one of `github`, `repository` and `developerConnect`.",
  },
  "source-path": {
    means: "The value is no resource name of a connected repository.",
    remedy:
      "`gcloud builds repositories describe` or `gcloud developer-connect connections git-repository-links describe` prints it.",
  },
  "source-region": {
    means: "A trigger finds only repositories that are connected in its own region.",
    remedy: "Connect the repository in that region.",
  },
  "github-owner": {
    means: "The value is no user or organisation on GitHub.",
    remedy: "Give what stands before the slash.",
  },
  "github-repository": {
    means: "The value is no name of a repository on GitHub.",
    remedy: "Give what stands behind the slash.",
  },
  branch: {
    means:
      "The branch filter is no regular expression that Cloud Build can read: RE2 has no look-around and no back references.",
    remedy: "Write `^main$` for one branch.",
  },
};

/** Building, accounts, repository and pool. */
export const BUILD: Record<BuildRule, RuleText> = {
  "relative-path": {
    means:
      "The path leads out of the repository, reads like a flag, or has characters that a shell or Cloud Build would take for something else.",
    remedy: "Write it relative to the root, without `..`.",
  },
  "absolute-path": {
    means: "The working directory of an image is an absolute path.",
    remedy: "Write what the Dockerfile's last `WORKDIR` says.",
  },
  "build-arg-name": {
    means: "Docker refuses the name of the build argument.",
    remedy: "Use letters, digits and `_`.",
  },
  "build-arg-value": {
    means: "A line break or NUL would end the argument early.",
    remedy: "Put the text into a file of the context.",
  },
  "build-arg-secret": {
    means: "The name looks like a secret's, and build arguments stay readable in the image.",
    remedy: "Give secrets to the service by `secrets`; rename it if it is none.",
  },
  "machine-type": {
    means:
      "The value is no machine of a private pool. Cloud Build's own machines have other names.",
    remedy: "Give a machine of Compute Engine, `e2-standard-4`.",
  },
  "account-email": {
    means: "The value is no email of a service account.",
    remedy: "`gcloud iam service-accounts list` prints them.",
  },
  "account-of-its-own": {
    means:
      "One account for two tasks would hold the rights of both: a build that can read the service's secrets, or a service that can deploy.",
    remedy: "Give each task an account of its own.",
  },
  "accounts-project": {
    means: "With three existing accounts nothing says in which project the roles are granted.",
    remedy: "Give `project`.",
  },
  "repository-path": {
    means: "The value is no Docker repository of Artifact Registry.",
    remedy: "Give `{region}-docker.pkg.dev/{project}/{repository}`, without an image.",
  },
  "existing-repository-setting": {
    means: "An existing repository belongs to whoever made it.",
    remedy: "Set it there.",
  },
  "pool-path": {
    means: "The value is no resource name of a private pool.",
    remedy:
      "`gcloud builds worker-pools describe NAME --region REGION --format 'value(name)'` prints it.",
  },
  "pool-region": {
    means: "A build runs in pools of its own region only.",
    remedy: "Take a pool of that region.",
  },
  "pool-connectivity": {
    means: "Only `PrivatePool` has a pool.",
    remedy: "Set `migration.connectivity` to `PrivatePool`, or leave the pool out.",
  },
  "pool-machine": {
    means: "Machines of Cloud Build are not those of a private pool.",
    remedy: "Set `build.workerPool.machineType`.",
  },
  "existing-pool-setting": {
    means: "An existing pool belongs to whoever made it.",
    remedy: "Set it there.",
  },
};
