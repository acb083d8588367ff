import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { chown, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { UnprivilegedUser } from "./unprivilegedUser";

/** A certificate and its private key, in PEM. */
export interface Certificate {
  certificate: string;
  key: string;
}

// Tags and object identifiers of X.509, which node:crypto reads and does not write.
// https://datatracker.ietf.org/doc/html/rfc5280#section-4.1
const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const UTF8_STRING = 0x0c;
const GENERALIZED_TIME = 0x18;
const COMMON_NAME = "0603550403"; // 2.5.4.3
const ECDSA_WITH_SHA256 = "300a06082a8648ce3d040302"; // 1.2.840.10045.4.3.2

/**
 * A certificate that nobody but itself has signed: Cloud SQL's is no more trusted by a client that does
 * not know the instance's own authority. Made anew each time, for a key in a repository is no key.
 */
export function selfSign(commonName: string, days = 2): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const algorithm = Buffer.from(ECDSA_WITH_SHA256, "hex");
  const name = der(
    SEQUENCE,
    der(
      SET,
      der(SEQUENCE, Buffer.from(COMMON_NAME, "hex"), der(UTF8_STRING, Buffer.from(commonName))),
    ),
  );
  const now = Date.now();
  const day = 24 * 3600 * 1000;
  const body = der(
    SEQUENCE,
    der(INTEGER, positive(randomBytes(16))),
    algorithm,
    name,
    // Clocks differ: it is valid since yesterday.
    der(SEQUENCE, time(now - day), time(now + days * day)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
  );
  const signature = sign("sha256", body, privateKey);
  const certificate = der(SEQUENCE, body, algorithm, der(BIT_STRING, Buffer.from([0]), signature));
  const lines = certificate.toString("base64").replace(/.{64}/g, "$&\n").trimEnd();
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
  };
}

/** The server knows TLS, as every instance does: a client that asks for it gets it. */
export async function writeCertificate(
  folder: string,
  owner: UnprivilegedUser | null,
): Promise<void> {
  const { certificate, key } = selfSign("rehearsal");
  for (const [name, text] of Object.entries({ "server.crt": certificate, "server.key": key })) {
    const file = join(folder, name);
    await writeFile(file, text, { mode: 0o600 });
    if (owner !== null) await chown(file, owner.uid, owner.gid);
  }
}

/** Tag, length, content. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest >>= 8) bytes.unshift(rest & 0xff);
  const size = length < 0x80 ? [length] : [0x80 | bytes.length, ...bytes];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

/** The first bit is the sign, the first byte must not be empty. */
function positive(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy[0] = ((copy[0] ?? 0) & 0x7f) | 0x40;
  return copy;
}

/** `20261122100000Z` */
function time(milliseconds: number): Buffer {
  const text = new Date(milliseconds).toISOString().replace(/[-:T]|\.\d+/g, "");
  return der(GENERALIZED_TIME, Buffer.from(text));
}
