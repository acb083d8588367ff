import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { checkedArgs } from "./checkedArgs";
import { Connectivity, Login, type AccountRole } from "./core/choices";
import { physicalName } from "./core/names";
import { grantsAt, type Grant } from "./core/roleMatrix";
import { PROJECT } from "./memberChecks";
import { choice, text, type Members } from "./shape";

export interface ServiceAccountsArgs {
  /**
   * Project ID. A change replaces the accounts.
   *
   * @default - the provider's project
   */
  project?: pulumi.Input<string>;

  /**
   * First part of the accounts' IDs, before the stack. A change replaces the accounts.
   *
   * @default - the component's name
   */
  namePrefix?: string;

  /**
   * Where the migrations run: decides what the build may do with the migrator.
   *
   * @default "CloudRunJob"
   */
  connectivity?: Connectivity;
}

const ARGS: Members<ServiceAccountsArgs> = {
  project: PROJECT,
  namePrefix: text("a text that is not empty", /./),
  connectivity: choice(Connectivity),
};

const ACCOUNTS: Record<AccountRole, string> = {
  build: "Builds and releases; reads no data",
  migrator: "Changes the database's schema",
  runtime: "Runs the service; reads and writes rows",
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
    const checked = checkedArgs(this, ARGS, args);

    const build = createAccount("build", name, checked, this);
    const migrator = createAccount("migrator", name, checked, this);
    const runtime = createAccount("runtime", name, checked, this);
    // The login matters at the instance only.
    const options = { connectivity: checked.connectivity ?? "CloudRunJob", login: Login.Password };
    const grants = [
      ...grantsAt("project", options).map((grant) =>
        createProjectGrant(name, grant, build, checked.project ?? build.project, this),
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
    this.buildId = pulumi.all([build.name, granted]).apply(([id]) => id);
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

function createAccount(
  role: AccountRole,
  name: string,
  { project, namePrefix = name }: ServiceAccountsArgs,
  parent: ServiceAccounts,
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

function createProjectGrant(
  name: string,
  grant: Grant,
  account: gcp.serviceaccount.Account,
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
  account: gcp.serviceaccount.Account,
  target: gcp.serviceaccount.Account,
  parent: ServiceAccounts,
): gcp.serviceaccount.IAMMember {
  return new gcp.serviceaccount.IAMMember(
    `${name}-${grant.account}-${shortRole(grant)}-${grant.scope}`,
    { serviceAccountId: target.name, role: grant.role, member: memberOf(account) },
    { parent },
  );
}

function memberOf({ email }: gcp.serviceaccount.Account): pulumi.Output<string> {
  return pulumi.interpolate`serviceAccount:${email}`;
}

/** `roles/logging.logWriter` → `logging.logWriter` */
function shortRole({ role }: Grant): string {
  return role.replace("roles/", "");
}
