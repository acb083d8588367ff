import { isUnknown } from "./checkText";
import { quote, type Violation } from "./violations";

/** What the connection name of a Cloud SQL instance says. */
export interface ConnectionName {
  project: string;
  region: string;
  instance: string;
}

// A project of a domain has a colon of its own: `example.com:shop:europe-west1:main`.
const CONNECTION_NAME =
  /^((?:[a-z0-9.-]+:)?[a-z][-a-z0-9]{4,28}[a-z0-9]):([a-z]+-[a-z]+\d+):([a-z](?:[-a-z0-9]*[a-z0-9])?)$/;

/** Reads `{project}:{region}:{instance}`; undefined when it is something else. */
export function parseConnectionName(text: string): ConnectionName | undefined {
  const [, project, region, instance] = CONNECTION_NAME.exec(text) ?? [];
  if (project === undefined || region === undefined || instance === undefined) return undefined;
  return { project, region, instance };
}

/** Checks the connection name of an instance; its name alone is the usual mistake. */
export function checkConnectionName(path: string, value: unknown): Violation[] {
  if (value === undefined || isUnknown(value)) return [];
  if (typeof value === "string" && parseConnectionName(value) !== undefined) return [];
  return [
    {
      rule: "connection-name",
      path,
      expected: "{project}:{region}:{instance}, such as my-project:europe-west1:main",
      got: showConnectionName(value),
      remedy: "gcloud sql instances describe INSTANCE --format='value(connectionName)' prints it",
    },
  ];
}

/** Shows what reads like some name of an instance; the address of a database holds its password. */
export function showConnectionName(value: unknown): string {
  const isHarmless =
    value === undefined ||
    value === null ||
    (typeof value === "string" && /^(?!.*\/\/)[\w.:/-]*$/.test(value));
  return isHarmless ? quote(value) : "[secret]";
}
