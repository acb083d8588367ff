/** How the database instance can be reached. */
export interface Instance {
  /** False for one that somebody else made: then every way leads to it. */
  isKnown: boolean;
  /** Whether it has an address on a network, and one that everybody sees. */
  isPrivate: boolean;
  isPublic: boolean;
  /** Its addresses; none is known before it is made. */
  privateAddresses: readonly string[];
  publicAddresses: readonly string[];
  /** Anybody may connect to the public address, without a connector. */
  isOpenToAll: boolean;
  /** Cloud SQL's own word. */
  tlsMode: string;
  /** Only through the Auth Proxy or a connector. */
  requiresConnector: boolean;
}

export type AddressKind = "PRIVATE" | "PUBLIC";

/** How somebody wants to reach it. */
export interface Way {
  /** The Auth Proxy and Google's connectors are one: they bring certificates along. */
  by: "connector" | "tcp";
  /** Null when only the program itself knows: then whatever the instance has will do. */
  address: AddressKind | null;
  /** Whether it comes from the instance's network. */
  inNetwork: boolean;
}

/** An instance of which nothing is known. */
export const UNKNOWN_INSTANCE: Instance = {
  isKnown: false,
  isPrivate: true,
  isPublic: true,
  privateAddresses: [],
  publicAddresses: [],
  isOpenToAll: true,
  tlsMode: "ALLOW_UNENCRYPTED_AND_ENCRYPTED",
  requiresConnector: false,
};

/** What an IP address of the environment is; one that is not known is taken for a private one. */
export function kindOf(instance: Instance, address: string): AddressKind {
  return instance.publicAddresses.includes(address) ? "PUBLIC" : "PRIVATE";
}

/** Why nothing answers there; null when the instance does. */
export function findRefusal(instance: Instance, way: Way): string | null {
  if (!instance.isKnown) return null;
  const kinds = way.address === null ? (["PRIVATE", "PUBLIC"] as const) : [way.address];
  const refusals = kinds.map((address) => refusalOf(instance, { ...way, address }));
  return refusals.some((refusal) => refusal === null) ? null : (refusals[0] ?? null);
}

function refusalOf(instance: Instance, { by, address, inNetwork }: Way): string | null {
  if (address === "PRIVATE" && !instance.isPrivate) return "the instance has no private address";
  if (address === "PUBLIC" && !instance.isPublic) return "the instance has no public address";
  if (address === "PRIVATE" && !inNetwork) {
    return "the instance's private address cannot be reached from outside of its network";
  }
  if (by === "connector") return null;
  if (instance.requiresConnector) {
    return "the instance takes connections of the Auth Proxy and of connectors only";
  }
  if (instance.tlsMode === "TRUSTED_CLIENT_CERTIFICATE_REQUIRED") {
    return "the instance takes no connection without a client certificate";
  }
  if (address === "PUBLIC" && !instance.isOpenToAll) {
    return "the instance's public address takes connections of no network without the Auth Proxy";
  }
  return null;
}
