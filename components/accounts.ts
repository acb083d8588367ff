import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

import type { AccountRole } from "./core/choices";
import { physicalName } from "./core/names";
import { serviceAccountId } from "./core/serviceAccountId";
import { quote, type Violation } from "./core/violations";
import { refuseLate } from "./checks/refuseLate";
import { applyThrowing } from "./resourceError";

/** The three accounts, in the order in which errors name them. */
export const ACCOUNT_ROLES: AccountRole[] = ["build", "migrator", "runtime"];

const ACCOUNTS: Record<AccountRole, string> = {
  build: "Builds and releases; reads no data",
  migrator: "Changes the database's schema",
  runtime: "Runs the service; reads and writes rows",
};

/** An account, whoever made it. */
export interface Account {
  email: pulumi.Output<string>;
  /** `projects/{project}/serviceAccounts/{email}` */
  id: pulumi.Output<string>;
  /** Its project, where the account is made here. */
  project?: pulumi.Output<string>;
}

/** Where accounts are made, and the emails of those that are there already. */
interface AccountOptions {
  project?: pulumi.Input<string>;
  namePrefix?: string;
  build?: pulumi.Input<string>;
  migrator?: pulumi.Input<string>;
  runtime?: pulumi.Input<string>;
}

/** Makes the accounts that are not there already. */
export function createAccounts(
  name: string,
  args: AccountOptions,
  parent: pulumi.Resource,
): Record<AccountRole, Account> {
  const accounts = {
    build: accountFor("build", name, args, parent),
    migrator: accountFor("migrator", name, args, parent),
    runtime: accountFor("runtime", name, args, parent),
  };
  return {
    build: withEmailOfItsOwn("build", accounts, args, parent),
    migrator: withEmailOfItsOwn("migrator", accounts, args, parent),
    runtime: withEmailOfItsOwn("runtime", accounts, args, parent),
  };
}

function accountFor(
  role: AccountRole,
  name: string,
  args: AccountOptions,
  parent: pulumi.Resource,
): Account {
  const existing = args[role];
  if (existing !== undefined) return existingAccount(pulumi.output(existing));
  const { email, name: id, project } = createAccount(role, name, args, parent);
  return { email, id, project };
}

function existingAccount(email: pulumi.Output<string>): Account {
  return { email, id: email.apply(serviceAccountId) };
}

/** An email that only becomes known during the deployment is compared with the others then. */
function withEmailOfItsOwn(
  role: AccountRole,
  accounts: Record<AccountRole, Account>,
  args: AccountOptions,
  parent: pulumi.Resource,
): Account {
  if (args[role] === undefined) return accounts[role];
  const { build, migrator, runtime } = accounts;
  const emails = pulumi.all([accounts[role].email, build.email, migrator.email, runtime.email]);
  const email = applyThrowing(emails, ([own, ...all]) => {
    const known = { build: all[0], migrator: all[1], runtime: all[2] };
    return refuseLate(parent, emails, checkDistinct(known)).then(() => own);
  });
  return existingAccount(email);
}

function createAccount(
  role: AccountRole,
  name: string,
  { project, namePrefix = name }: AccountOptions,
  parent: pulumi.Resource,
): gcp.serviceaccount.Account {
  const parts = { name: namePrefix, stack: pulumi.getStack(), purpose: role };
  return new gcp.serviceaccount.Account(
    `${name}-${role}`,
    {
      accountId: physicalName("serviceAccount", parts),
      displayName: `${namePrefix} ${pulumi.getStack()} ${role}`.slice(0, 100),
      description: ACCOUNTS[role],
      ...(project === undefined ? {} : { project }),
    },
    { parent },
  );
}

/** One account for two tasks would hold the rights of both. */
export function checkDistinct(emails: Partial<Record<AccountRole, unknown>>): Violation[] {
  return ACCOUNT_ROLES.flatMap((role, index) => {
    const email = emails[role];
    if (typeof email !== "string") return [];
    const other = ACCOUNT_ROLES.slice(0, index).find((earlier) => emails[earlier] === email);
    if (other === undefined) return [];
    const expected = `another account than ${other}`;
    return [{ rule: "account-of-its-own", path: role, expected, got: quote(email) }];
  });
}
