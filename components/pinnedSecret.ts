import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { physicalName } from "./core/names";

/** A pinned version of a secret, in the words of those who take it. */
export interface SecretReference {
  /** The secret, as Cloud Run wants it in `secretKeyRef.secret`. */
  secret: pulumi.Output<string>;

  /** The version's number. */
  version: pulumi.Output<string>;

  /** `projects/{project}/secrets/{secret}/versions/{version}`, as Cloud Build wants it. */
  versionName: pulumi.Output<string>;
}

/** What the secrets of one component share. */
export interface SecretScope {
  project?: pulumi.Input<string> | undefined;
  namePrefix: string;
  labels?: Record<string, pulumi.Input<string>> | undefined;
  parent: pulumi.Resource;
}

/** One secret with the version that is pinned. */
export interface PinnedSecretOptions {
  /** Logical name of the secret; the version's follows from it. */
  name: string;
  /** Last part of the secret's ID. */
  purpose: string;
  value: pulumi.Input<string>;
  /** The value is random: what was made first stays. A new one needs a new `versionSuffix`. */
  isGenerated: boolean;
  /** Last part of the version's logical name. */
  versionSuffix?: string;
  /** Emails of service accounts that read it, by a name that is stable. */
  readers: Record<string, pulumi.Input<string>>;
}

/** A pinned secret and its value, which resolves once the version is stored. */
export interface PinnedSecret {
  reference: SecretReference;
  value: pulumi.Output<string>;
}

/** Makes a secret, its version, and lets its readers read it. */
export function createPinnedSecret(options: PinnedSecretOptions, scope: SecretScope): PinnedSecret {
  const { name, purpose } = options;
  const secret = new gcp.secretmanager.Secret(
    name,
    {
      secretId: physicalName("secret", {
        name: scope.namePrefix,
        stack: pulumi.getStack(),
        purpose,
      }),
      replication: { auto: {} },
      ...(scope.project === undefined ? {} : { project: scope.project }),
      ...(scope.labels === undefined ? {} : { labels: scope.labels }),
    },
    { parent: scope.parent },
  );
  const version = createVersion(options, secret, scope.parent);
  const granted = grantReaders(options, secret, scope.parent);
  const afterGrants = (text: pulumi.Output<string>) =>
    pulumi.all([text, granted]).apply(([value]) => value);
  return {
    reference: {
      secret: afterGrants(secret.secretId),
      version: afterGrants(version.version),
      versionName: afterGrants(version.name),
    },
    value: pulumi.secret(version.secretData.apply((data) => data ?? "")),
  };
}

/**
 * Running revisions pin their version: disabling it, or destroying it with a delay, keeps them from
 * starting another instance. So a replaced version is left alone, and so that it can be replaced
 * at all, it alone is not protected.
 */
function createVersion(
  { name, value, isGenerated, versionSuffix = "" }: PinnedSecretOptions,
  secret: gcp.secretmanager.Secret,
  parent: pulumi.Resource,
): gcp.secretmanager.SecretVersion {
  return new gcp.secretmanager.SecretVersion(
    `${name}-version${versionSuffix}`,
    { secret: secret.id, secretData: pulumi.secret(value), deletionPolicy: "ABANDON" },
    { parent, protect: false, ...(isGenerated ? { ignoreChanges: ["secretData"] } : {}) },
  );
}

function grantReaders(
  { name, readers }: PinnedSecretOptions,
  secret: gcp.secretmanager.Secret,
  parent: pulumi.Resource,
): pulumi.Output<string[]> {
  const grants = Object.entries(readers).map(([key, email]) =>
    grantReader(`${name}-reader-${key}`, secret.secretId, secret.project, email, parent),
  );
  return pulumi.all(grants.map(({ id }) => id));
}

/** Lets one account read one secret. */
export function grantReader(
  name: string,
  secretId: pulumi.Input<string>,
  project: pulumi.Input<string | undefined>,
  email: pulumi.Input<string>,
  parent: pulumi.Resource,
): gcp.secretmanager.SecretIamMember {
  return new gcp.secretmanager.SecretIamMember(
    name,
    {
      secretId,
      role: "roles/secretmanager.secretAccessor",
      member: pulumi.interpolate`serviceAccount:${email}`,
      project,
    },
    { parent },
  );
}
