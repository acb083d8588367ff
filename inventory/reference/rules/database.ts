import type { DatabaseRule, ExistingInstanceRule } from "../../../components/core/rules";
import type { RuleText } from "./ruleText";

/** The instance, its database and its users. */
export const DATABASE: Record<DatabaseRule, RuleText> = {
  tier: {
    means: "The value is no machine of Cloud SQL for PostgreSQL.",
    remedy: "Take one of the forms that the error lists.",
  },
  "tier-cpus": {
    means: "Cloud SQL sells one processor, or an even number.",
    remedy: "Take the next even number.",
  },
  "tier-memory": {
    means: "Cloud SQL does not sell that much memory with so many processors.",
    remedy: "Follow the range in the error.",
  },
  "tier-edition": {
    means: "Each machine is sold by one edition.",
    remedy: "Leave `edition` out: it follows the tier.",
  },
  "database-name": {
    means: "The name is none that needs no quotes, or every instance has it already.",
    remedy: "Choose another name.",
  },
  "role-name": {
    means: "The name is none that needs no quotes, or PostgreSQL or Cloud SQL keeps it for itself.",
    remedy: "Choose another name.",
  },
  "owner-role-login": {
    means:
      "The role that owns every object must not be one that somebody logs in as: the service could change its own tables.",
    remedy: "Choose another name, or leave it out.",
  },
  "extension-name": {
    means: "The value is no name of an extension.",
    remedy: "`SELECT name FROM pg_available_extensions` lists them.",
  },
  "recovery-needs-backups": {
    means: "Point-in-time recovery replays logs on top of a backup.",
    remedy: "Switch backups on, or recovery off.",
  },
  "standby-needs-recovery": {
    means: "Google refuses a standby without backups and point-in-time recovery.",
    remedy: "Leave both on, or high availability off.",
  },
  "setting-name": {
    means: "Cloud SQL knows settings by their lower-case names.",
    remedy: "Write it as the flags' page does.",
  },
  "setting-value": {
    means: "Cloud SQL takes the values of settings as texts.",
    remedy: "Put the value in quotes.",
  },
  "setting-twice": {
    means: "One setting is there in two spellings, and either could win.",
    remedy: "Take one out.",
  },
  "iam-setting": {
    means: "IAM login stands on that setting.",
    remedy: "Leave it out: it is on with login `Iam`.",
  },
  "iam-user-name": {
    means: "PostgreSQL cuts names after 63 bytes, so the login would not find its user.",
    remedy: "Take an account with a shorter ID.",
  },
  "instance-address": {
    means: "An instance without a private and a public address cannot be reached.",
    remedy: "Give `privateNetwork`, or set `publiclyAccessible`.",
  },
  "user-password-missing": {
    means: "A user that logs in by password needs one.",
    remedy: "Give it, or set `login` to `Iam`.",
  },
  "user-password-iam": {
    means: "Users of IAM login have no password.",
    remedy: "Leave it out.",
  },
  "user-name-iam": {
    means: "Google names the users of IAM login after their accounts.",
    remedy: "Leave it out.",
  },
  "connection-name": {
    means: "The value is no connection name: the instance's name alone is not enough.",
    remedy: "`gcloud sql instances describe NAME --format 'value(connectionName)'` prints it.",
  },
  "connection-secrets-login": {
    means:
      "With login `Iam` there is no password, and nothing else of a connection is worth hiding.",
    remedy: "Leave the argument out.",
  },
  "plain-connections": {
    means: "Somebody connects by TCP, without Google's connector and a client certificate.",
    remedy: "Leave the argument out: it follows from who connects here.",
  },
  "command-login": {
    means: "A command in a Cloud Run job connects by TCP, and cannot make itself a token.",
    remedy: "Take login `Password`, or `BuildStep` or `PrivatePool`, whose proxy logs in by IAM.",
  },
  "generation-without-password": {
    means: "With login `Iam` there are no passwords, so nothing would come of it.",
    remedy: "Leave the argument out.",
  },
  "rotation-while-pinned": {
    means:
      "A release stopped before promotion, so an older revision serves. New passwords would cut off its login.",
    remedy: "Promote a release first, or put the generation back.",
  },
  "connection-while-pinned": {
    means:
      "A release stopped before promotion, so an older revision serves. It keeps its login, its database user and its way to the database, and could lose them.",
    remedy: "Promote a release first, or put the argument back.",
  },
};

/** An instance that is there already. */
export const EXISTING_INSTANCE: Record<ExistingInstanceRule, RuleText> = {
  "existing-instance-setting": {
    means: "The instance belongs to whoever made it; what is set here would be left out silently.",
    remedy: "Set it there.",
  },
  "existing-instance-network": {
    means: "A network of our own would never lead to an instance that stands in another.",
    remedy: "Give the instance's network and a subnet of it.",
  },
  "existing-instance-missing": {
    means: "Google knows no such instance, or whoever deploys may not see it.",
    remedy: "Check the connection name, and the permission `cloudsql.instances.get`.",
  },
  "existing-instance-postgres": {
    means: "The instance is of another database.",
    remedy: "Take one of PostgreSQL.",
  },
  "existing-instance-primary": {
    means: "The instance is a copy, and cannot be written to.",
    remedy: "Take the one that it copies.",
  },
  "existing-instance-region": {
    means:
      "The connection name says another region than the instance's, and connectors would not find it.",
    remedy: "Write the name as the error says.",
  },
  "existing-instance-iam-login": {
    means: "The instance does not take IAM logins.",
    remedy:
      "Run the line in the error; it keeps the other flags. Where a `MigratedService` owns the instance, set its `database.flags`.",
  },
  "existing-instance-private-address": {
    means: "Service or migration come by the private address, and the instance has none.",
    remedy: "Run the line in the error.",
  },
  "existing-instance-public-address": {
    means: "The build comes by the public address, and the instance has none.",
    remedy:
      "Run the line in the error, or take another connectivity. Where a `MigratedService` owns the instance, set its `network.publicIp`.",
  },
  "existing-instance-other-network": {
    means:
      "Service or migration come by the private address, which leads nowhere from another network.",
    remedy: "Give the instance's network and a subnet of it.",
  },
  "existing-instance-tls-mode": {
    means: "Somebody connects who has no client certificate, and the instance wants one.",
    remedy:
      "Run the line in the error, or leave the direct connection out. Where a `MigratedService` owns the instance, set its `database.plainConnections`.",
  },
  "existing-instance-connector-enforcement": {
    means: "Somebody connects without Google's connector, and the instance wants it.",
    remedy:
      "Run the line in the error, or leave the direct connection out. Where a `MigratedService` owns the instance, set its `database.plainConnections`.",
  },
};
