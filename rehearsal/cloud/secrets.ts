import { randomBytes } from "node:crypto";
import type { Redactor } from "./redactor";

const VERSION = /^([1-9]\d*|latest)$/;

/** Secret Manager: payloads by secret and number. */
export class Secrets {
  private readonly versions = new Map<string, string[]>();
  private readonly existing = new Map<string, string>();

  constructor(private readonly redactor: Redactor) {}

  /** Adds the next version of a secret. */
  add(secret: string, payload: string): void {
    const versions = this.versions.get(secret) ?? [];
    versions.push(payload);
    this.versions.set(secret, versions);
    this.redactor.add(payload);
  }

  /** A secret that somebody else made: it has every version, and nobody here knows what is in it. */
  addExisting(secret: string): void {
    if (this.versions.has(secret) || this.existing.has(secret)) return;
    const payload = randomBytes(18).toString("base64url");
    this.existing.set(secret, payload);
    this.redactor.add(payload);
  }

  /** A payload by secret and version, a number or `latest`. */
  access(secret: string, version: string): string {
    const versions = this.versions.get(secret);
    const existing = this.existing.get(secret);
    if (existing !== undefined && VERSION.test(version)) return existing;
    if (versions === undefined) throw new Error(`Secret [${secret}] not found or has no versions.`);
    const payload = version === "latest" ? versions.at(-1) : versions[Number(version) - 1];
    if (payload !== undefined && VERSION.test(version)) return payload;
    throw new Error(`Secret Version [${secret}/versions/${version}] not found.`);
  }

  /** A payload by `projects/{project}/secrets/{id}/versions/{version}`. */
  accessByName(name: string): string {
    const [, secret, version] =
      /^projects\/[^/]+\/secrets\/([^/]+)\/versions\/([^/]+)$/.exec(name) ?? [];
    if (secret === undefined || version === undefined) {
      throw new Error(`${name}: expected projects/PROJECT/secrets/SECRET/versions/VERSION`);
    }
    return this.access(secret, version);
  }
}
