/** APIs that an environment calls, by what for. */
const APIS = [
  "artifactregistry.googleapis.com",
  "cloudbuild.googleapis.com",
  // The provider changes the project's IAM policy through it.
  "cloudresourcemanager.googleapis.com",
  "compute.googleapis.com",
  "iam.googleapis.com",
  // Connectors and impersonation make short-lived tokens there.
  "iamcredentials.googleapis.com",
  "logging.googleapis.com",
  "run.googleapis.com",
  "secretmanager.googleapis.com",
  "servicenetworking.googleapis.com",
  "sqladmin.googleapis.com",
];

/**
 * The APIs that an environment needs; two of them only with a network of its own. Private pools,
 * worker pools, backups and custom roles belong to APIs that are needed anyway.
 */
export function requiredApis(usesPrivateNetwork: boolean): string[] {
  const ofNetworks = ["compute.googleapis.com", "servicenetworking.googleapis.com"];
  return APIS.filter((api) => usesPrivateNetwork || !ofNetworks.includes(api));
}
