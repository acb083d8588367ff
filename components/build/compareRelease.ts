import type { AnyBuildDocument, AnyBuildStep } from "./document";
import { migrationStepsOf, runsBuiltImage } from "./migrationFacts";
import {
  builtImages,
  createsRevision,
  gcloudCommands,
  movesTraffic,
  pushesImage,
} from "./stepFacts";
import { ancestors } from "./stepGraph";
import { seconds } from "./timeouts";

/** One property of a release, and whether a document has it. */
export interface ReleaseProperty {
  /** Stable name, `pushed-before-migration`. */
  id: string;
  /** Whether the document has it. */
  holds: boolean;
  /** What having it, or lacking it, means. */
  why: string;
}

interface Facts {
  document: AnyBuildDocument;
  steps: AnyBuildStep[];
  before: Set<number>[];
  migrations: number[];
  releases: number[];
}

/**
 * Says of any document which properties of a release it has. Read off the document alone, so that
 * the article's pipeline and the rendered one can stand side by side.
 */
export function releaseProperties(document: AnyBuildDocument): ReleaseProperty[] {
  const steps = document.steps ?? [];
  const facts: Facts = {
    document,
    steps,
    before: ancestors(steps),
    migrations: migrationStepsOf(document).flatMap(({ index, fault }) =>
      fault === null ? [index] : [],
    ),
    releases: [...steps.keys()].filter((index) => {
      const step = steps[index] ?? {};
      return createsRevision(step) || movesTraffic(step);
    }),
  };
  return PROPERTIES.map(({ id, holds, yes, no }) => {
    const held = holds(facts);
    return { id, holds: held, why: held ? yes : no };
  });
}

interface Property {
  id: string;
  holds: (facts: Facts) => boolean;
  yes: string;
  no: string;
}

const PROPERTIES: Property[] = [
  {
    id: "pushed-before-migration",
    holds: ({ steps, before, migrations }) =>
      migrations.length > 0 &&
      migrations.every((index) => some(before[index], (one) => pushesImage(steps[one] ?? {}))),
    yes: "the image is in the registry before it changes the database",
    no: "a push that fails after the migration leaves a changed database and nothing to deploy",
  },
  {
    id: "migrated-before-traffic",
    holds: ({ before, migrations, releases }) =>
      releases.length > 0 &&
      releases.every((index) => some(before[index], (one) => migrations.includes(one))),
    yes: "no revision is made and no traffic moves before the migration has succeeded",
    no: "a revision can serve on a database that was not migrated",
  },
  {
    id: "migrates-the-released-image",
    holds: ({ document, steps, migrations }) =>
      migrations.length > 0 &&
      migrations.every((index) => migratesBuiltImage(document, steps[index] ?? {})),
    yes: "the migration runs out of an image that this build made of the released sources",
    no: "another image than this build's migrates",
  },
  {
    id: "secrets-pinned",
    holds: ({ document }) =>
      (document.availableSecrets?.secretManager ?? []).every(({ versionName }) =>
        /\/versions\/\d+$/.test(versionName),
      ),
    yes: "every secret is a numbered version: a retried build reads the same values",
    no: "`latest` secrets: a rotation between two builds changes what a retry does",
  },
  {
    id: "one-release-at-a-time",
    holds: ({ document, steps, before, migrations }) =>
      (document.tags ?? []).length > 0 &&
      migrations.length > 0 &&
      migrations.every((index) => some(before[index], (one) => isGuard(steps[one] ?? {}))),
    yes: "releases queue by their tag, and an older one steps aside",
    no: "two pushes migrate and deploy at once, and the older may win",
  },
  {
    id: "deploys-by-digest",
    holds: ({ steps }) => deployments(steps).length > 0 && deployments(steps).every(usesDigest),
    yes: "what is deployed is named by its content",
    no: "a tag can be moved between the migration and the deployment",
  },
  {
    id: "no-traffic-before-ready",
    holds: ({ steps }) =>
      deployments(steps).length > 0 &&
      deployments(steps).every((step) => !shiftsWhileDeploying(step)),
    yes: "the revision is made without traffic and routed by a step of its own",
    no: "the deployment itself moves traffic",
  },
  {
    id: "proves-what-serves",
    // A release that leaves traffic to a person has nothing to prove.
    holds: ({ steps, releases }) =>
      steps.some(movesTraffic)
        ? steps.some((step) => movesTraffic(step) && readsTraffic(step))
        : releases.length > 0,
    yes: "the release reads back what serves, and fails when it is another revision",
    no: "the build reports success whatever serves",
  },
  {
    id: "own-account",
    holds: ({ document }) => (document.serviceAccount ?? "") !== "",
    yes: "the build has an account of its own",
    no: "the build runs as the project's default account, whoever else uses it",
  },
  {
    id: "timeouts",
    holds: ({ document, steps }) =>
      seconds(document.timeout) !== null && steps.every(({ timeout }) => seconds(timeout) !== null),
    yes: "every step and the whole have a limit of their own",
    no: "a step that hangs ends with the build's default limit",
  },
  {
    id: "provenance",
    holds: ({ document }) =>
      [...(document.images ?? []), ...(document.artifacts?.images ?? [])].length > 0 &&
      document.options?.requestedVerifyOption === "VERIFIED",
    yes: "Cloud Build signs where the image came from",
    no: "nothing says which build made the image: it is pushed by a step only",
  },
  {
    id: "pinned-step-images",
    holds: ({ document, steps }) => {
      const built = builtImages(document);
      return steps.every(
        (step) => runsBuiltImage(step, built) || /[:@][^/]+$/.test(step.name ?? ""),
      );
    },
    yes: "the images of the steps are versions that were chosen",
    no: "the tools of the release change without a commit",
  },
];

function some(indexes: Set<number> | undefined, wanted: (index: number) => boolean): boolean {
  return [...(indexes ?? [])].some(wanted);
}

function deployments(steps: AnyBuildStep[]): AnyBuildStep[] {
  return steps.filter(createsRevision);
}

function shiftsWhileDeploying(step: AnyBuildStep): boolean {
  return gcloudCommands(step).some(
    ({ path, flags }) =>
      /^run (?:deploy|services (?:update|replace))(?: |$)/.test(path) && !flags.has("no-traffic"),
  );
}

function isGuard(step: AnyBuildStep): boolean {
  return gcloudCommands(step).some(
    ({ path, flags }) => path.startsWith("builds list") && flags.has("ongoing"),
  );
}

function readsTraffic(step: AnyBuildStep): boolean {
  return gcloudCommands(step).some(
    ({ path, flags }) =>
      path.startsWith("run services describe") &&
      [...flags.values()].some((value) => value.includes("status.traffic")),
  );
}

// A variable counts when the script insists that it holds a digest.
function usesDigest(step: AnyBuildStep): boolean {
  return gcloudCommands(step).every(({ flags }) => {
    const image = flags.get("image");
    if (image === undefined) return true;
    if (image.includes("@sha256:")) return true;
    return /^\$\{?[a-z]\w*\}?$/i.test(image) && (step.script ?? "").includes("@sha256:");
  });
}

function migratesBuiltImage(document: AnyBuildDocument, step: AnyBuildStep): boolean {
  if (runsBuiltImage(step, builtImages(document))) return true;
  return gcloudCommands(step).some(
    ({ path, flags }) => path.startsWith("run jobs update") && flags.has("image"),
  );
}
