import type { MigratedServiceArgs } from "../args";
import { checkDatabaseArgs } from "./checkDatabaseArgs";
import { checkDocument } from "./checkDocument";
import { checkInstances } from "./checkInstances";
import { checkPoolArgs, checkReachArgs } from "./checkReachArgs";
import { checkReleaseArgs } from "./checkReleaseArgs";
import { checkSource } from "./checkSource";
import { checkVariableArgs } from "./checkVariableArgs";
import { checkWorkerArgs } from "./checkWorkerArgs";
import { checkLabels } from "../core/cloudChecks";
import { checkBuildArgs } from "../core/environment";
import { checkSecrets } from "../core/secrets";
import { quote, type Violation } from "../core/violations";

/** Arguments of the component `name` that must fit each other. Each has the right type by now, or is not there. */
export function crossChecks(name: string, args: MigratedServiceArgs): Violation[] {
  return [
    ...checkLabels("labels", args.labels),
    ...checkSource("source", sourceOf(args), args.region),
    ...checkBuildArgs("build.buildArgs", args.build?.buildArgs),
    ...checkSecrets("secrets", args.secrets),
    ...checkAccounts(args),
    ...checkDatabaseArgs(args),
    ...checkReleaseArgs(args),
    ...checkReachArgs(args),
    ...checkPoolArgs(args),
    ...checkInstances("service.", args.service ?? {}),
    ...checkWorkerArgs(args),
    ...checkVariableArgs(args),
    ...checkDocument(name, args),
  ];
}

/** A required group that was wrong is not there either. */
function sourceOf(args: Partial<MigratedServiceArgs>): MigratedServiceArgs["source"] | undefined {
  return args.source;
}

/** One account for two tasks would hold the rights of both. */
function checkAccounts({ project, build, migration, service }: MigratedServiceArgs): Violation[] {
  const accounts = [
    { path: "build.serviceAccount", email: build?.serviceAccount },
    { path: "migration.serviceAccount", email: migration?.serviceAccount },
    { path: "service.serviceAccount", email: service?.serviceAccount },
  ].filter(({ email }) => email !== undefined);
  const known = accounts.filter(({ email }) => typeof email === "string");
  const projects: Violation[] =
    accounts.length === 3 && project === undefined
      ? [
          {
            rule: "accounts-project",
            path: "project",
            expected: "the project of the roles, when all three accounts are there already",
            got: "nothing",
          },
        ]
      : [];
  const twice = known.flatMap(({ path, email }, index): Violation[] => {
    const other = known.slice(0, index).find((earlier) => earlier.email === email);
    if (other === undefined) return [];
    const expected = `another account than ${other.path}`;
    return [{ rule: "account-of-its-own", path, expected, got: quote(email) }];
  });
  return [...projects, ...twice];
}
