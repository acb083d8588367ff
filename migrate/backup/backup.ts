/** A backup that is done. */
export interface Backup {
  /** Of Cloud SQL, unique within the instance. */
  id: string;
  /** Connection name. */
  instance: string;
  /** RFC 3339, UTC; null when the API does not say it. */
  startedAt: string | null;
  /** When it was done: RFC 3339, UTC; null when the API does not say it. */
  endedAt: string | null;
  /** The server's clock right before the first file was applied: RFC 3339, UTC. For point-in-time recovery. */
  recoveryTime: string;
}

/** Project and instance of a connection name; a project's name may hold a colon itself. */
export function splitInstance(connectionName: string): { project: string; instance: string } {
  const parts = connectionName.split(":");
  return { project: parts.slice(0, -2).join(":"), instance: parts.at(-1) ?? "" };
}
