/** What a later change of an argument does to things of one kind. */
export interface Effect {
  verb: Verb;
  target: Target;
  /** Only then: `with login Iam`. */
  condition: string | undefined;
}

export interface Change {
  effects: Effect[];
  /** What is lost, stays behind or is interrupted. */
  notes: string[];
}

/** What the words mean; `docs/args.md` begins with them. */
export const VERBS = {
  update: "in place, without an interruption",
  restart: "in place, but Google restarts the database for it, or may: connections break",
  replace: "a new one is made, and the old one deleted",
  creation: "made anew, nothing goes",
  deletion: "deleted, and nothing takes its place",
  protection:
    "Pulumi's own `protect` is set or taken away; nothing in Google Cloud changes by that",
} as const;
export type Verb = keyof typeof VERBS;

const GRANTS = [
  "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
  "gcp:cloudrunv2/jobIamMember:JobIamMember",
  "gcp:cloudrunv2/serviceIamMember:ServiceIamMember",
  "gcp:cloudrunv2/workerPoolIamMember:WorkerPoolIamMember",
  "gcp:projects/iAMCustomRole:IAMCustomRole",
  "gcp:projects/iAMMember:IAMMember",
  "gcp:secretmanager/secretIamMember:SecretIamMember",
  "gcp:serviceaccount/iAMMember:IAMMember",
];

/** Resources of Pulumi. */
export interface Resources {
  /** Their types; `*` is any. */
  types: readonly string[];
  /** Part of their logical names, where several have one type. */
  name?: RegExp;
}

const JOB = "gcp:cloudrunv2/job:Job";

/** What an argument can change. */
export const TARGETS = {
  everything: { types: ["*"] },
  "everything in the region": { types: ["*"] },
  "the service": { types: ["gcp:cloudrunv2/service:Service"] },
  "the job": { types: [JOB], name: /-migration$/ },
  "the roles job": { types: [JOB], name: /-roles$/ },
  workers: { types: ["gcp:cloudrunv2/workerPool:WorkerPool", JOB], name: /-worker-/ },
  "the trigger": { types: ["gcp:cloudbuild/trigger:Trigger"] },
  "the pool": { types: ["gcp:cloudbuild/workerPool:WorkerPool"] },
  "the instance": { types: ["gcp:sql/databaseInstance:DatabaseInstance"] },
  "the database": { types: ["gcp:sql/database:Database"] },
  "database users": { types: ["gcp:sql/user:User"] },
  "the network": {
    types: [
      "gcp:compute/network:Network",
      "gcp:compute/subnetwork:Subnetwork",
      "gcp:compute/globalAddress:GlobalAddress",
      "gcp:servicenetworking/connection:Connection",
    ],
  },
  "the peering's routes": {
    types: ["gcp:compute/networkPeeringRoutesConfig:NetworkPeeringRoutesConfig"],
  },
  secrets: { types: ["gcp:secretmanager/secret:Secret"] },
  "secret versions": { types: ["gcp:secretmanager/secretVersion:SecretVersion"] },
  "the repository": { types: ["gcp:artifactregistry/repository:Repository"] },
  "the service account": { types: ["gcp:serviceaccount/account:Account"] },
  grants: { types: GRANTS },
  "API resources": { types: ["gcp:projects/service:Service"] },
} as const satisfies Record<string, Resources>;
export type Target = keyof typeof TARGETS;

/** What can be said beside the effects. */
export const NOTES = [
  "its data is lost",
  "its images are lost",
  "the old one stays behind",
  "the old ones stay behind",
  "objects stay with the old role",
  "nothing is dropped",
  "running instances cannot log in until the new revision serves",
  "a new database user has no rights until the next release",
  "APIs stay enabled",
] as const;

/** An argument that only holds others. */
export const SEE_MEMBERS = "see its members";

/**
 * Reads the text of a `@change`: `none`, `see its members`, or effects and notes, such as
 * `update of the job and the trigger; with login Iam: replace of database users; its data is lost`.
 * Throws for anything else.
 */
export function parseChange(text: string): Change {
  if (text === SEE_MEMBERS) return { effects: [], notes: [] };
  const parts = text.split("; ").filter((part) => part !== "none");
  const isNote = (part: string) => NOTES.some((note) => note === part);
  return {
    effects: parts.filter((part) => !isNote(part)).flatMap(parseEffects),
    notes: parts.filter(isNote),
  };
}

/** `[condition: ]verb[ or verb] of target[, target][ and target]` */
function parseEffects(part: string): Effect[] {
  const [, condition, clause = part] = /^((?:in|with|without) [^:]+): (.+)$/.exec(part) ?? [];
  const [, verbs = clause, targets = ""] = /^(.+?) of (.+)$/.exec(clause) ?? [];
  return verbs.split(" or ").flatMap((verb) =>
    targets.split(/, | and /).map((target) => {
      if (!isKeyOf(VERBS, verb)) throw new Error(`"${part}": "${verb}" is none of ${list(VERBS)}`);
      if (!isKeyOf(TARGETS, target)) {
        throw new Error(`"${part}": "${target}" is none of ${list(TARGETS)}`);
      }
      return { verb, target, condition };
    }),
  );
}

function isKeyOf<T extends object>(words: T, word: string): word is keyof T & string {
  return Object.hasOwn(words, word);
}

function list(words: object): string {
  return Object.keys(words).join(", ");
}
