/**
 * Every rule that arguments can break, by topic. An ID keeps its meaning for ever; it stands in no
 * message. `docs/errors.md` says what each means, with an example.
 */
export type Rule =
  | ShapeRule
  | PlaceRule
  | SourceRule
  | BuildRule
  | DatabaseRule
  | ExistingInstanceRule
  | VariableRule
  | ServiceRule
  | ReleaseRule
  | OptionRule
  | DocumentRule;

/** What an argument is, whatever it means. */
export type ShapeRule =
  | "missing-argument"
  | "unknown-argument"
  | "known-too-late"
  | "not-a-group"
  | "not-by-name"
  | "not-a-list"
  | "empty-list"
  | "not-a-flag"
  | "not-a-text"
  | "empty-text"
  | "whole-number"
  | "unknown-choice";

/** Project, region, labels and network. */
export type PlaceRule =
  | "region"
  | "project"
  | "label-count"
  | "label-key"
  | "label-value"
  | "network-path"
  | "network-pair"
  | "subnet-region"
  | "subnet-range"
  | "own-network-access"
  | "existing-network-routes"
  | "api-name"
  | "api-twice";

/** The repository. */
export type SourceRule =
  "source-kind" | "source-path" | "source-region" | "github-owner" | "github-repository" | "branch";

/** Building, accounts, repository and pool. */
export type BuildRule =
  | "relative-path"
  | "absolute-path"
  | "build-arg-name"
  | "build-arg-value"
  | "build-arg-secret"
  | "machine-type"
  | "account-email"
  | "account-of-its-own"
  | "accounts-project"
  | "repository-path"
  | "existing-repository-setting"
  | "pool-path"
  | "pool-region"
  | "pool-connectivity"
  | "pool-machine"
  | "existing-pool-setting";

/** The instance, its database and its users. */
export type DatabaseRule =
  | "tier"
  | "tier-cpus"
  | "tier-memory"
  | "tier-edition"
  | "database-name"
  | "role-name"
  | "owner-role-login"
  | "extension-name"
  | "recovery-needs-backups"
  | "standby-needs-recovery"
  | "setting-name"
  | "setting-value"
  | "setting-twice"
  | "iam-setting"
  | "iam-user-name"
  | "instance-address"
  | "user-password-missing"
  | "user-password-iam"
  | "user-name-iam"
  | "connection-name"
  | "connection-secrets-login"
  | "plain-connections"
  | "command-login"
  | "generation-without-password"
  | "rotation-while-pinned"
  | "connection-while-pinned";

/** An instance that is there already. */
export type ExistingInstanceRule =
  | "existing-instance-setting"
  | "existing-instance-network"
  | "existing-instance-missing"
  | "existing-instance-postgres"
  | "existing-instance-primary"
  | "existing-instance-region"
  | "existing-instance-iam-login"
  | "existing-instance-private-address"
  | "existing-instance-public-address"
  | "existing-instance-other-network"
  | "existing-instance-tls-mode"
  | "existing-instance-connector-enforcement";

/** Environment variables and secrets. */
export type VariableRule =
  | "variable-name"
  | "variable-value"
  | "variable-twice"
  | "secret-name"
  | "secret-source"
  | "secret-value"
  | "secret-id"
  | "secret-version"
  | "secret-unused"
  | "migration-reader";

/** The service and its workers. */
export type ServiceRule =
  | "taken-port"
  | "memory-amount"
  | "memory-of-cpu"
  | "instances-range"
  | "http-path"
  | "image-name"
  | "worker-name"
  | "worker-kind-member"
  | "worker-job-direct"
  | "direct-network"
  | "plain-host"
  | "plain-password"
  | "job-command-only"
  | "live-container-name";

/** How a release migrates and promotes. */
export type ReleaseRule =
  | "build-step-public-ip"
  | "backup-of-command"
  | "directory-of-command"
  | "verify-before-traffic"
  | "verify-timeout-alone";

/** Options of `renderRelease`. */
export type OptionRule =
  | "release-region"
  | "release-service-name"
  | "release-build-account"
  | "release-image-path"
  | "release-migration-image"
  | "release-relative-path"
  | "release-absolute-path"
  | "release-build-argument-name"
  | "release-build-argument-secret"
  | "release-build-argument-password"
  | "release-build-argument-nul"
  | "release-role"
  | "release-runtime-role-is-owner"
  | "release-duration"
  | "release-extension"
  | "release-backup-project"
  | "release-backup-instance"
  | "release-program"
  | "release-connection-variable"
  | "release-secret-variable"
  | "release-secret-version"
  | "release-secrets-of-job"
  | "release-job"
  | "release-roles-job"
  | "release-needless-roles-job"
  | "release-connection-name"
  | "release-migrator-account"
  | "release-database"
  | "release-database-user"
  | "release-worker-pool"
  | "release-machine-of-pool"
  | "release-worker-name"
  | "release-worker-name-taken"
  | "release-worker-argument"
  | "release-seconds"
  | "release-longest-build";

/** Release documents. */
export type DocumentRule =
  | "document-readable"
  | "document-steps"
  | "document-step"
  | "document-step-id"
  | "document-wait-for-dropped"
  | "document-wait-for-unknown"
  | "document-allow-failure"
  | "document-allow-exit-codes"
  | "document-script-and-args"
  | "document-substitution-in-shell"
  | "document-migration"
  | "document-migration-does-nothing"
  | "document-migration-elsewhere"
  | "document-migration-excused"
  | "document-migration-overlooked"
  | "document-migration-not-awaited"
  | "document-migration-other-command"
  | "document-pushed-before-migration"
  | "document-migrated-before-release"
  | "document-secret-missing"
  | "document-secret-unused"
  | "document-secret-repeated"
  | "document-timeout";
