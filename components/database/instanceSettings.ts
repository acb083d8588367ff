import type * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { resolveBackups } from "../core/backups";
import { ConnectorEnforcement, Login, Preset, TlsMode } from "../core/choices";
import { mergeFlags } from "../core/flags";
import { DEFAULT_EDITION, presetDefaults, type BackupDefaults } from "../core/presets";
import { parseTier } from "../core/tier";
import type { PostgresInstanceArgs } from "../args";

type Settings = gcp.types.input.sql.DatabaseInstanceSettings;

/** The settings of a Cloud SQL instance: what was asked for over what the preset says. */
export function renderInstanceSettings(args: PostgresInstanceArgs): Settings {
  const defaults = presetDefaults(args.preset ?? Preset.Production);
  const tier = args.tier ?? defaults.tier;
  return {
    tier,
    edition: editionOf(args),
    availabilityType: isHighlyAvailable(args) ? "REGIONAL" : "ZONAL",
    connectorEnforcement: args.connectorEnforcement ?? ConnectorEnforcement.Required,
    deletionProtectionEnabled: isDeletionProtected(args),
    diskAutoresize: true,
    diskType: pulumi.output(tier).apply((text) => parseTier(text)?.diskType ?? "PD_SSD"),
    ...(args.diskSizeGb === undefined ? {} : { diskSize: args.diskSizeGb }),
    ...(args.diskLimitGb === undefined ? {} : { diskAutoresizeLimit: args.diskLimitGb }),
    ...(args.labels === undefined ? {} : { userLabels: args.labels }),
    ipConfiguration: renderIpConfiguration(args),
    ...renderBackups(backupsOf(args)),
    databaseFlags: mergeFlags(defaults.flags, args.flags ?? {}, args.login ?? Login.Password),
    insightsConfig: { queryInsightsEnabled: args.queryInsights ?? true },
    maintenanceWindow: {
      day: args.maintenanceWindow?.day ?? 7,
      hour: args.maintenanceWindow?.hour ?? 3,
      updateTrack: "stable",
    },
  };
}

/** Without an edition Google takes ENTERPRISE_PLUS, which the smaller machines are not sold with. */
export function editionOf({ edition, tier }: PostgresInstanceArgs): pulumi.Input<string> {
  if (edition !== undefined) return edition;
  if (tier === undefined || typeof tier === "string") {
    return parseTier(tier ?? "")?.edition ?? DEFAULT_EDITION;
  }
  return pulumi.output(tier).apply((text) => parseTier(text)?.edition ?? DEFAULT_EDITION);
}

/**
 * One switch for Google's flag, the provider's flag and Pulumi's `protect`. Looks at arguments that
 * nobody has checked yet.
 */
export function isDeletionProtected(
  args: { deletionProtection?: unknown; preset?: unknown } | null | undefined,
): boolean {
  if (typeof args?.deletionProtection === "boolean") return args.deletionProtection;
  const preset = args?.preset === Preset.Development ? Preset.Development : Preset.Production;
  return presetDefaults(preset).deletionProtection;
}

export function isHighlyAvailable({ highAvailability, preset }: PostgresInstanceArgs): boolean {
  return highAvailability ?? presetDefaults(preset ?? Preset.Production).highAvailability;
}

export function backupsOf(args: PostgresInstanceArgs): BackupDefaults {
  const defaults = presetDefaults(args.preset ?? Preset.Production).backups;
  return resolveBackups(args.backups ?? {}, defaults, isHighlyAvailable(args));
}

/** A public address never has authorised networks: whoever comes that way needs a connector and IAM. */
function renderIpConfiguration(args: PostgresInstanceArgs): Settings["ipConfiguration"] {
  return {
    ipv4Enabled: args.publiclyAccessible ?? false,
    sslMode: args.tlsMode ?? TlsMode.TrustedClientCertificateRequired,
    ...(args.privateNetwork === undefined ? {} : { privateNetwork: args.privateNetwork }),
  };
}

function renderBackups(
  backups: BackupDefaults,
): Pick<Settings, "backupConfiguration" | "finalBackupConfig" | "retainBackupsOnDelete"> {
  const { finalBackupDays } = backups;
  return {
    backupConfiguration: {
      enabled: backups.enabled,
      pointInTimeRecoveryEnabled: backups.pointInTimeRecovery,
      startTime: "02:00",
      transactionLogRetentionDays: backups.transactionLogDays,
      backupRetentionSettings: {
        retainedBackups: backups.retainedBackups,
        retentionUnit: "COUNT",
      },
    },
    retainBackupsOnDelete: backups.retainOnDelete,
    finalBackupConfig:
      finalBackupDays === 0
        ? { enabled: false }
        : { enabled: true, retentionDays: finalBackupDays },
  };
}
