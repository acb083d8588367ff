import type { ReleaseOptions } from "./options";

/**
 * Images that the steps run in; the only place that names them. The gcloud version is the one whose
 * command tree `npm run test:gcloud` checks the scripts against.
 */
export const STEP_IMAGES = {
  /** `docker` and bash. @see https://github.com/GoogleCloudPlatform/cloud-builders/tree/master/docker */
  docker: "gcr.io/cloud-builders/docker:24.0.9",
  /** `gcloud` and bash; Python is not part of its promise. @see https://cloud.google.com/sdk/docs/downloads-docker */
  gcloud: "gcr.io/google.com/cloudsdktool/google-cloud-cli:528.0.0-slim",
  /** Cloud SQL Auth Proxy, without a shell. @see https://github.com/GoogleCloudPlatform/cloud-sql-proxy/releases */
  cloudSqlProxy: "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.21.3",
  /** `psql`. @see https://hub.docker.com/_/postgres */
  postgres: "postgres:18",
} as const;

/** The image that this build makes. `COMMIT_SHA` is empty in a build started by hand. */
export function builtImage(imagePath: string): string {
  return `${literal(imagePath)}:$BUILD_ID`;
}

/** Path of the image that migrates: the one that serves, when there is no other. */
export function migratingImage({ image, migrationImage }: ReleaseOptions): string {
  return migrationImage === null ? image : migrationImage.image;
}

/** A moving tag that carries the layer cache; nothing runs it. */
export function cacheImage(imagePath: string): string {
  return `${literal(imagePath)}:cache`;
}

/**
 * A value as it must stand in any field but `script`: Cloud Build reads `$NAME` there as a
 * substitution, and `$$` as `$`.
 *
 * @see https://cloud.google.com/build/docs/configuring-builds/substitute-variable-values
 */
export function literal(value: string): string {
  return value.replaceAll("$", () => "$$");
}
