/**
 * `projects/{project}/serviceAccounts/{email}`, as triggers and grants name an account. The project
 * is in the email; one of a domain, `example.com:shop`, stands there turned round:
 * `{id}@shop.example.com.iam.gserviceaccount.com`.
 *
 * @see https://cloud.google.com/iam/docs/service-account-overview#types
 */
export function serviceAccountId(email: string): string {
  const host = email.slice(email.indexOf("@") + 1).replace(/\.iam\.gserviceaccount\.com$/, "");
  const [project = "", ...domain] = host.split(".");
  const owner = domain.length === 0 ? project : `${domain.join(".")}:${project}`;
  return `projects/${owner}/serviceAccounts/${email}`;
}
