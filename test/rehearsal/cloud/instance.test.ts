import { describe, expect, it } from "vitest";
import {
  type Instance,
  UNKNOWN_INSTANCE,
  type Way,
  findRefusal,
} from "../../../rehearsal/cloud/instance";

const STRICT: Instance = {
  isKnown: true,
  isPrivate: true,
  isPublic: false,
  privateAddresses: ["10.20.0.3"],
  publicAddresses: [],
  isOpenToAll: false,
  tlsMode: "TRUSTED_CLIENT_CERTIFICATE_REQUIRED",
  requiresConnector: true,
};
const PUBLIC: Instance = { ...STRICT, isPrivate: false, isPublic: true };
const PLAIN: Instance = { ...STRICT, tlsMode: "ENCRYPTED_ONLY", requiresConnector: false };

function way(by: Way["by"], address: Way["address"], inNetwork = false): Way {
  return { by, address, inNetwork };
}

describe("findRefusal", () => {
  it.each<[string, Instance, Way]>([
    ["a connector inside the network", STRICT, way("connector", "PRIVATE", true)],
    ["a connector by the public address", PUBLIC, way("connector", "PUBLIC")],
    ["a program that finds the address itself", PUBLIC, way("connector", null)],
    ["anything to an instance of which nothing is known", UNKNOWN_INSTANCE, way("tcp", "PRIVATE")],
    ["TCP inside the network", PLAIN, way("tcp", "PRIVATE", true)],
    [
      "TCP to an address that takes everybody",
      { ...PLAIN, isPublic: true, isOpenToAll: true },
      way("tcp", "PUBLIC"),
    ],
  ])("lets %s through", (_, instance, to) => {
    expect(findRefusal(instance, to)).toBeNull();
  });

  it.each<[string, Instance, Way, string]>([
    [
      "the private address from outside",
      STRICT,
      way("connector", "PRIVATE"),
      "the instance's private address cannot be reached from outside of its network",
    ],
    [
      "the public address that is not there",
      STRICT,
      way("connector", "PUBLIC", true),
      "the instance has no public address",
    ],
    [
      "the private address that is not there",
      PUBLIC,
      way("connector", "PRIVATE", true),
      "the instance has no private address",
    ],
    [
      "TCP where connectors are enforced",
      STRICT,
      way("tcp", "PRIVATE", true),
      "the instance takes connections of the Auth Proxy and of connectors only",
    ],
    [
      "TCP where a certificate is needed",
      { ...PLAIN, tlsMode: STRICT.tlsMode },
      way("tcp", "PRIVATE", true),
      "the instance takes no connection without a client certificate",
    ],
    [
      "TCP to the public address",
      { ...PLAIN, isPublic: true },
      way("tcp", "PUBLIC"),
      "the instance's public address takes connections of no network without the Auth Proxy",
    ],
    [
      "a program outside that finds no way",
      STRICT,
      way("connector", null),
      "the instance's private address cannot be reached from outside of its network",
    ],
  ])("refuses %s", (_, instance, to, reason) => {
    expect(findRefusal(instance, to)).toBe(reason);
  });
});
