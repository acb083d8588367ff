import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

import { ACCOUNT_ROLES, checkDistinct, createAccounts, type Account } from "./accounts";
import { checkedArgs } from "./checks/checkedArgs";
import { Connectivity, Login, type AccountRole } from "./core/choices";
import { grantsAt, WORKER_POOL_USER, type Grant } from "./core/roleMatrix";
import type { Violation } from "./core/violations";
import { EXISTING_ACCOUNT, EXISTING_POOL, PROJECT } from "./checks/memberChecks";
import { choice, text, type Members } from "./checks/shape";

export interface ServiceAccountsArgs {
  /**
   * Project ID. Needed when all three accounts are there already: nothing else says where they get
   * their roles.
   *
   * @default - the provider's project
   * @change replace of the accounts and of their roles
   */
  project?: pulumi.Input<string>;

  /**
   * First part of the accounts' IDs, before the stack.
   *
   * @default - the component's name
   * @change replace of the accounts
   */
  namePrefix?: string;

  /**
   * Where the migrations run: decides what the build may do with the migrator, and with pools.
   *
   * @default "CloudRunJob"
   * @change creates and deletes roles
   */
  connectivity?: Connectivity;

  /**
   * Email of an account that is there already, and builds. It gets its roles here, and loses them
   * with this component, also those that it had before.
   *
   * @default - an account of its own
   * @change replace of its roles; the account of its own is deleted
   */
  build?: pulumi.Input<string>;

  /**
   * Email of an account that is there already, and migrates.
   *
   * @default - an account of its own
   * @change replace of the roles on it; the account of its own is deleted
   */
  migrator?: pulumi.Input<string>;

  /**
   * Email of an account that is there already, and that the service runs as. In another project
   * that project has to allow it first.
   *
   * @default - an account of its own
   * @change replace of the roles on it; the account of its own is deleted
   * @see https://cloud.google.com/iam/docs/attach-service-accounts#attaching-different-project
   */
  runtime?: pulumi.Input<string>;

  /**
   * Private pool that is there already, in which the build runs:
   * `projects/{project}/locations/{region}/workerPools/{name}`. The build is let in in the pool's
   * project. Only with connectivity `PrivatePool`.
   *
   * @default - a pool in `project`
   * @change replace of one role
   * @see https://cloud.google.com/build/docs/private-pools/run-builds-in-private-pool
   */
  workerPool?: pulumi.Input<string>;
}

const ARGS: Members<ServiceAccountsArgs> = {
  project: PROJECT,
  namePrefix: text("a text that is not empty", /./, "empty-text"),
  connectivity: choice(Connectivity),
  build: EXISTING_ACCOUNT,
  migrator: EXISTING_ACCOUNT,
  runtime: EXISTING_ACCOUNT,
  workerPool: EXISTING_POOL,
};

/**
 * The three accounts of an environment and what they may do in the project and with each other.
 * Roles on the repository, the instance, the secrets, the job and the service are made by whatever
 * makes those.
 */
export class ServiceAccounts extends pulumi.ComponentResource {
  /** Email of the account that builds. Resolves once it may do its work here. */
  readonly buildEmail: pulumi.Output<string>;

  /** `projects/{project}/serviceAccounts/{email}` of the account that builds, as a trigger wants it. */
  readonly buildId: pulumi.Output<string>;

  /** Email of the account that migrates. */
  readonly migratorEmail: pulumi.Output<string>;

  /** Email of the account that the service runs as. */
  readonly runtimeEmail: pulumi.Output<string>;

  constructor(name: string, args: ServiceAccountsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("cloud-run-migrations:index:ServiceAccounts", name, {}, opts);
    const checked = checkedArgs(this, ARGS, args, checkServiceAccounts);

    const accounts = createAccounts(name, checked, this);
    const { build, migrator, runtime } = accounts;
    // Login and backups matter at the instance only.
    const options = {
      connectivity: checked.connectivity ?? Connectivity.CloudRunJob,
      login: Login.Password,
      backupBefore: false,
    };
    const project = projectOf(checked, accounts);
    const grants = [
      ...grantsAt("project", options).map((grant) =>
        createProjectGrant(name, grant, build, grantProject(grant, checked, project), this),
      ),
      ...grantsAt("migratorAccount", options).map((grant) =>
        createAccountGrant(name, grant, build, migrator, this),
      ),
      ...grantsAt("runtimeAccount", options).map((grant) =>
        createAccountGrant(name, grant, build, runtime, this),
      ),
    ];

    const granted = pulumi.all(grants.map(({ id }) => id));
    this.buildEmail = pulumi.all([build.email, granted]).apply(([email]) => email);
    this.buildId = pulumi.all([build.id, granted]).apply(([id]) => id);
    this.migratorEmail = migrator.email;
    this.runtimeEmail = runtime.email;
    this.registerOutputs({
      buildEmail: this.buildEmail,
      buildId: this.buildId,
      migratorEmail: this.migratorEmail,
      runtimeEmail: this.runtimeEmail,
    });
  }
}

function createProjectGrant(
  name: string,
  grant: Grant,
  account: Account,
  project: pulumi.Input<string>,
  parent: ServiceAccounts,
): gcp.projects.IAMMember {
  return new gcp.projects.IAMMember(
    `${name}-${grant.account}-${shortRole(grant)}`,
    { project, role: grant.role, member: memberOf(account) },
    { parent },
  );
}

function createAccountGrant(
  name: string,
  grant: Grant,
  account: Account,
  target: Account,
  parent: ServiceAccounts,
): gcp.serviceaccount.IAMMember {
  return new gcp.serviceaccount.IAMMember(
    `${name}-${grant.account}-${shortRole(grant)}-${grant.scope}`,
    { serviceAccountId: target.id, role: grant.role, member: memberOf(account) },
    { parent },
  );
}

function memberOf({ email }: Account): pulumi.Output<string> {
  return pulumi.interpolate`serviceAccount:${email}`;
}

/** `roles/logging.logWriter` → `logging.logWriter` */
function shortRole({ role }: Grant): string {
  return role.replace("roles/", "");
}

/** Where the build gets its roles; somebody's account may be of another project. */
function projectOf(
  { project }: ServiceAccountsArgs,
  { build, migrator, runtime }: Record<AccountRole, Account>,
): pulumi.Input<string> {
  // The last one is never taken: without an account of ours the project was asked for.
  return project ?? build.project ?? migrator.project ?? runtime.project ?? "";
}

/** Pools know no policies of their own: who may use one is said in its project. */
function grantProject(
  { role }: Grant,
  { workerPool }: ServiceAccountsArgs,
  project: pulumi.Input<string>,
): pulumi.Input<string> {
  if (role !== WORKER_POOL_USER || workerPool === undefined) return project;
  return pulumi.output(workerPool).apply((path) => path.split("/")[1] ?? "");
}

function checkServiceAccounts(args: ServiceAccountsArgs): Violation[] {
  const violations = checkDistinct(args);
  if (args.project === undefined && ACCOUNT_ROLES.every((role) => args[role] !== undefined)) {
    violations.push({
      rule: "accounts-project",
      path: "project",
      expected: "the project of the roles, when all three accounts are there already",
      got: "nothing",
    });
  }
  if (args.workerPool !== undefined && args.connectivity !== Connectivity.PrivatePool) {
    violations.push({
      rule: "pool-connectivity",
      path: "workerPool",
      expected: "nothing without connectivity PrivatePool",
      got: "a pool",
    });
  }
  return violations;
}
