/** How the release reaches the database when it migrates. */
export const Connectivity = {
  /** A Cloud Run job in the network runs the migrations; the build starts it and waits. */
  CloudRunJob: "CloudRunJob",
  /** A step of the build runs them, over the instance's public address and Google's connector. */
  BuildStep: "BuildStep",
  /**
   * A step of the build runs them too, but the build runs in a private pool that is peered with the
   * network, so the private address is enough.
   */
  PrivatePool: "PrivatePool",
} as const;
export type Connectivity = (typeof Connectivity)[keyof typeof Connectivity];

/** How migrator and service log in to the database. */
export const Login = {
  /** A generated password, kept in Secret Manager. */
  Password: "Password",
  /** The service account's own token; no password exists. */
  Iam: "Iam",
} as const;
export type Login = (typeof Login)[keyof typeof Login];

/** How the service reaches the database. */
export const DatabaseAccess = {
  /** Through the Cloud SQL Auth Proxy beside it, as `localhost:5432`. */
  Sidecar: "Sidecar",
  /** By TCP to the instance's private address, without a client certificate. */
  Direct: "Direct",
} as const;
export type DatabaseAccess = (typeof DatabaseAccess)[keyof typeof DatabaseAccess];

/** What runs a further program of the image. */
export const WorkerKind = {
  /** Always running, without requests: a queue's consumer. */
  WorkerPool: "WorkerPool",
  /** Runs to its end when somebody or something executes it. */
  Job: "Job",
} as const;
export type WorkerKind = (typeof WorkerKind)[keyof typeof WorkerKind];

/** Fills defaults only; every argument that is given wins. */
export const Preset = {
  /** Backups, point-in-time recovery, and protection against deletion. */
  Production: "Production",
  /** A shared-core instance that can be deleted. */
  Development: "Development",
} as const;
export type Preset = (typeof Preset)[keyof typeof Preset];

/**
 * Which connections the instance takes, in Cloud SQL's own words. Its third mode, unencrypted, is left out on purpose.
 *
 * @see https://cloud.google.com/sql/docs/postgres/configure-ssl-instance
 */
export const TlsMode = {
  /** TLS; a client certificate is not needed. */
  EncryptedOnly: "ENCRYPTED_ONLY",
  /** TLS with a client certificate, which Google's connectors bring along. */
  TrustedClientCertificateRequired: "TRUSTED_CLIENT_CERTIFICATE_REQUIRED",
} as const;
export type TlsMode = (typeof TlsMode)[keyof typeof TlsMode];

/**
 * Whether Google's connectors are the only way in.
 *
 * @see https://cloud.google.com/sql/docs/postgres/connect-connectors
 */
export const ConnectorEnforcement = {
  /** Only connections that come through a connector or the Auth Proxy. */
  Required: "REQUIRED",
  /** Plain TCP connections too. */
  NotRequired: "NOT_REQUIRED",
} as const;
export type ConnectorEnforcement = (typeof ConnectorEnforcement)[keyof typeof ConnectorEnforcement];

/** The three service accounts of an environment. */
export type AccountRole = "build" | "migrator" | "runtime";

/** When a new revision receives traffic. */
export const Promotion = {
  /** Once Cloud Run calls it ready, which is after its startup probe. */
  AfterProbe: "AfterProbe",
  /** Right after it was created. */
  Immediately: "Immediately",
  /** Never by the release: somebody runs `gcloud run services update-traffic`. */
  Manual: "Manual",
} as const;
export type Promotion = (typeof Promotion)[keyof typeof Promotion];

/** Where requests to the service may come from. */
export const Ingress = {
  /** Anywhere. */
  All: "All",
  /** The project's networks. */
  Internal: "Internal",
  /** The project's networks and external load balancers. */
  InternalAndLoadBalancer: "InternalAndLoadBalancer",
} as const;
export type Ingress = (typeof Ingress)[keyof typeof Ingress];
