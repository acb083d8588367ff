import type { GoogleAuth } from "google-auth-library";
import type { InstanceConnection } from "../settings/connection";

// https://cloud.google.com/sql/docs/postgres/iam-authentication
const SCOPES = [
  "https://www.googleapis.com/auth/sqlservice.admin",
  "https://www.googleapis.com/auth/sqlservice.login",
];

/** Who a connection's settings say that we are at Google. */
export async function googleAuthOf({
  impersonate: email,
}: InstanceConnection): Promise<GoogleAuth> {
  if (email !== null) return impersonate(email);
  const { GoogleAuth } = await import("google-auth-library");
  return new GoogleAuth({ scopes: SCOPES });
}

/** Google's account of this machine, acting as another one. */
export async function impersonate(targetPrincipal: string): Promise<GoogleAuth> {
  const { GoogleAuth, Impersonated } = await import("google-auth-library");
  const source = new GoogleAuth({ scopes: ["https://www.googleapis.com/auth/cloud-platform"] });
  const authClient = new Impersonated({
    sourceClient: await source.getClient(),
    targetPrincipal,
    targetScopes: SCOPES,
    delegates: [],
    lifetime: 3600,
  });
  return new GoogleAuth({ authClient });
}
