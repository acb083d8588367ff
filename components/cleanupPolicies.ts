import type * as gcp from "@pulumi/gcp";

/** What is kept and what is deleted, in images and days. */
interface CleanupOptions {
  keepCount?: number;
  deleteUntaggedAfterDays?: number;
  deleteAfterDays?: number;
}

const DAY_SECONDS = 86_400;

/**
 * What is kept wins over what is deleted.
 *
 * @see https://cloud.google.com/artifact-registry/docs/repositories/cleanup-policy
 */
export function cleanupPolicies({
  keepCount = 50,
  deleteUntaggedAfterDays = 30,
  deleteAfterDays,
}: CleanupOptions): gcp.types.input.artifactregistry.RepositoryCleanupPolicy[] {
  const deleteOld = (days: number, tagState: string) => ({
    action: "DELETE",
    condition: { tagState, olderThan: `${days * DAY_SECONDS}s` },
  });
  return [
    { id: "keep-most-recent", action: "KEEP", mostRecentVersions: { keepCount } },
    { id: "delete-untagged", ...deleteOld(deleteUntaggedAfterDays, "UNTAGGED") },
    ...(deleteAfterDays === undefined
      ? []
      : [{ id: "delete-old", ...deleteOld(deleteAfterDays, "ANY") }]),
  ];
}
