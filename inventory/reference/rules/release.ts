import type { OptionRule, ReleaseRule } from "../../../components/core/rules";
import type { RuleText } from "./ruleText";

/** How a release migrates and promotes. */
export const RELEASE: Record<ReleaseRule, RuleText> = {
  "build-step-public-ip": {
    means: "A step of the build is outside the network.",
    remedy: "Set `network.publicIp`, or take `CloudRunJob` or `PrivatePool`.",
  },
  "backup-of-command": {
    means: "Nobody knows what is pending for a command, so nobody knows when a backup is due.",
    remedy: "Take the backup inside the command.",
  },
  "directory-of-command": {
    means: "A command finds its migrations itself, so nothing would come of the folder.",
    remedy: "Leave the folder out, or write it into the command.",
  },
  "verify-before-traffic": {
    means: "With `Immediately` traffic has moved before the command could run.",
    remedy: "Take `AfterProbe`.",
  },
  "verify-timeout-alone": {
    means: "The limit is of a command that is not there.",
    remedy: "Give `verifyCommand`, or leave the limit out.",
  },
};

/** Options of `renderRelease`. */
export const OPTION: Record<OptionRule, RuleText> = {
  "release-region": {
    means: "The value is no region.",
    remedy: "Take the region of the service.",
  },
  "release-service-name": {
    means: "The value is no name of a Cloud Run service.",
    remedy: "Give the name in Google Cloud.",
  },
  "release-build-account": {
    means: "A trigger wants the account's whole name.",
    remedy: "Give `projects/{project}/serviceAccounts/{email}`.",
  },
  "release-image-path": {
    means: "The value is no path of an image without a tag. Each release makes a tag of its own.",
    remedy: "Leave the tag out.",
  },
  "release-migration-image": {
    means: "The image that only migrates is another image of the same repository.",
    remedy: "Give it another name there.",
  },
  "release-relative-path": {
    means: "The path must be relative to the repository's root.",
    remedy: "Leave out `/` and `-` at the beginning.",
  },
  "release-absolute-path": {
    means: "The working directory is an absolute path.",
    remedy: "Begin with `/`.",
  },
  "release-build-argument-name": {
    means: "Docker refuses the name.",
    remedy: "Use letters, digits and `_`.",
  },
  "release-build-argument-secret": {
    means: "The name looks like a secret's, and build arguments stay readable in the image.",
    remedy: "Give secrets to the service instead.",
  },
  "release-build-argument-password": {
    means: "The value carries a password, and build arguments stay readable in the image.",
    remedy: "Give it to the service by `secrets`.",
  },
  "release-build-argument-nul": {
    means: "NUL would end the argument.",
    remedy: "Take it out.",
  },
  "release-role": {
    means: "The value is no name of a role.",
    remedy: "Give 1 to 63 characters.",
  },
  "release-runtime-role-is-owner": {
    means: "The service would own what it must not change.",
    remedy: "Choose another owner.",
  },
  "release-duration": {
    means: "PostgreSQL could not read the duration.",
    remedy: "Write `5s` or `15min`.",
  },
  "release-extension": {
    means: "The value is no name of an extension.",
    remedy: "Write it in lower case.",
  },
  "release-backup-project": {
    means: "A backup needs the instance's project.",
    remedy: "Give it.",
  },
  "release-backup-instance": {
    means: "A backup needs the instance's name.",
    remedy: "Give it.",
  },
  "release-program": {
    means: "A command begins with a program.",
    remedy: "Give at least one word.",
  },
  "release-connection-variable": {
    means: "Two parts of the connection share a variable, or it has a name that every step uses.",
    remedy: "Rename it.",
  },
  "release-secret-variable": {
    means: "The secret's variable is used already.",
    remedy: "Rename it.",
  },
  "release-secret-version": {
    means: "A version is pinned by its number: `latest` gives a retried build other values.",
    remedy: "Give `projects/{project}/secrets/{id}/versions/{number}`.",
  },
  "release-secrets-of-job": {
    means: "A job reads its secrets itself.",
    remedy: "Leave them out of the release.",
  },
  "release-job": {
    means: "The value is no name of a job.",
    remedy: "Give the name in Google Cloud.",
  },
  "release-roles-job": {
    means: "A command needs roles that somebody prepares: in `CloudRunJob`, a second job.",
    remedy: "Give its name.",
  },
  "release-needless-roles-job": {
    means: "Our own tool prepares the roles.",
    remedy: "Give `null`.",
  },
  "release-connection-name": {
    means: "The value is no connection name.",
    remedy: "Give `{project}:{region}:{instance}`.",
  },
  "release-migrator-account": {
    means: "The build impersonates an account by its email.",
    remedy: "Give the email.",
  },
  "release-database": {
    means: "The value is no name of a database.",
    remedy: "Give it.",
  },
  "release-database-user": {
    means: "The value is no name of a database user.",
    remedy: "Give it.",
  },
  "release-worker-pool": {
    means: "A build runs in pools of its own region only.",
    remedy: "Give a pool of that region.",
  },
  "release-machine-of-pool": {
    means: "A pool has machines of its own.",
    remedy: "Give `null`.",
  },
  "release-worker-name": {
    means: "The value is no name of a worker.",
    remedy: "Give the name in Google Cloud.",
  },
  "release-worker-name-taken": {
    means: "Two programs share a name.",
    remedy: "Rename one.",
  },
  "release-worker-argument": {
    means: "gcloud takes the words of a command as a list, and knows no empty ones.",
    remedy: "Take the word out.",
  },
  "release-seconds": {
    means: "The time is none that a build can take.",
    remedy: "Give whole seconds up to a day.",
  },
  "release-longest-build": {
    means: "Cloud Build ends every build after a day.",
    remedy: "Lower the limits that the error names.",
  },
};
