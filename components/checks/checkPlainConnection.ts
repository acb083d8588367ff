import type { CloudRunArgs } from "../args";
import type { ConnectionArgs } from "../args/cloudRun";
import type { Violation } from "../core/violations";

/** Arguments that nobody has found complete yet. */
interface Connecting extends Partial<CloudRunArgs> {
  connection?: Partial<ConnectionArgs>;
}

/** A private address leads nowhere from outside its network. */
export function checkDirectNetwork({ connection, network, subnetwork }: Connecting): Violation[] {
  if (connection?.host === undefined || network !== undefined || subnetwork !== undefined) {
    return [];
  }
  return [
    {
      rule: "direct-network",
      path: "network",
      expected: "the network of connection.host, with a subnet of it",
      got: "nothing",
    },
  ];
}

/** Programs that are not ours speak TCP, and cannot make themselves a token. */
export function checkPlainLogin({ connection = {} }: Connecting, program: string): Violation[] {
  const violations: Violation[] = [];
  if (connection.host === undefined) {
    violations.push({
      rule: "plain-host",
      path: "connection.host",
      expected: `the instance's private address: ${program} connects by TCP`,
      got: "nothing",
    });
  }
  if (connection.password === undefined) {
    violations.push({
      rule: "plain-password",
      path: "connection.password",
      expected: `a secret's version: ${program} cannot log in by token`,
      got: "nothing",
    });
  }
  return violations;
}
