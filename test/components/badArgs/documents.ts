import type { BadArgs } from "./types";

const OF = "checkRelease";
const IMAGE = "europe-west1-docker.pkg.dev/example-project/shop/app:$BUILD_ID";
const GCLOUD = "gcr.io/google.com/cloudsdktool/google-cloud-cli:slim";

/** A release document that is right. */
export const RIGHT_DOCUMENT = {
  steps: [
    { id: "build", name: "gcr.io/cloud-builders/docker", args: ["build", "--tag", IMAGE, "."] },
    { id: "push", name: "gcr.io/cloud-builders/docker", args: ["push", IMAGE], waitFor: ["build"] },
    {
      id: "migrate",
      name: IMAGE,
      entrypoint: "npx",
      args: ["cloud-run-migrations", "up"],
      waitFor: ["push"],
    },
    {
      id: "deploy",
      name: GCLOUD,
      script: "set -e\ngcloud run services update shop --image $IMAGE\n",
      waitFor: ["migrate"],
    },
  ],
};

/**
 * Release documents, for those who write their own. `steps` changes steps by their IDs; `null` takes
 * one away.
 */
export const DOCUMENTS: BadArgs[] = [
  {
    what: "no steps",
    of: OF,
    args: { steps: { build: null, push: null, migrate: null, deploy: null } },
    refused: [["document-steps", "steps: expected the steps of a release, got []"]],
  },
  {
    what: "a step that may fail",
    of: OF,
    args: { steps: { migrate: { allowFailure: true } } },
    refused: [
      [
        "document-allow-failure",
        "steps[migrate].allowFailure: expected nothing, got true; a failed step must end the release",
      ],
    ],
  },
  {
    what: "exit codes that pass",
    of: OF,
    args: { steps: { migrate: { allowExitCodes: [1] } } },
    refused: [
      [
        "document-allow-exit-codes",
        "steps[migrate].allowExitCodes: expected nothing, got [1]; a failed step must end the release",
      ],
    ],
  },
  {
    what: "a script beside arguments",
    of: OF,
    args: { steps: { deploy: { args: ["run"] } } },
    refused: [
      ["document-script-and-args", "steps[deploy].script: expected script or args, got args too"],
    ],
  },
  {
    what: "a branch's name in shell text",
    of: OF,
    args: {
      steps: {
        deploy: {
          script: undefined,
          entrypoint: "bash",
          args: ["-c", "gcloud run deploy shop --tag ${BRANCH_NAME}"],
        },
      },
    },
    refused: [
      [
        "document-substitution-in-shell",
        "steps[deploy].args: expected no substitution in shell text, got $BRANCH_NAME; a branch name can run code there: give it by env and use script",
      ],
    ],
  },
  {
    what: "two steps of one ID",
    of: OF,
    args: { steps: { push: { id: "build" }, migrate: { waitFor: ["build"] } } },
    refused: [
      ["document-step-id", 'steps[1].id: expected an ID that no other step has, got "build"'],
      [
        "document-pushed-before-migration",
        "steps[migrate].waitFor: expected a step that pushes the image to have ended, got build; push the image before it migrates: what has changed the database must be deployable",
      ],
    ],
  },
  {
    what: "a step that forgot to wait",
    of: OF,
    args: { steps: { deploy: { waitFor: undefined } } },
    refused: [
      [
        "document-wait-for-dropped",
        "steps[deploy].waitFor: expected IDs of earlier steps, as the other steps name them, got nothing; write waitFor on every step after the first, or on none",
      ],
    ],
  },
  {
    what: "a step that waits for a later one",
    of: OF,
    args: { steps: { push: { waitFor: ["build", "deploy"] } } },
    refused: [
      [
        "document-wait-for-unknown",
        'steps[push].waitFor: expected build, got "deploy"; a step can wait for earlier steps only',
      ],
    ],
  },
  {
    what: "no migration",
    of: OF,
    args: { steps: { migrate: null, deploy: { waitFor: ["push"] } } },
    refused: [
      [
        "document-migration",
        "steps: expected a step that migrates the database, got build, push, deploy",
      ],
      [
        "document-migrated-before-release",
        "steps[deploy].waitFor: expected the migration to have succeeded before the step makes a revision, got push, build",
      ],
    ],
  },
  {
    what: "a deployment beside the migration",
    of: OF,
    args: { steps: { deploy: { waitFor: ["push"] } } },
    refused: [
      [
        "document-migrated-before-release",
        "steps[deploy].waitFor: expected the migration to have succeeded before the step makes a revision, got push, build",
      ],
    ],
  },
  {
    what: "a migration before the push",
    of: OF,
    args: { steps: { migrate: { waitFor: ["build"] } } },
    refused: [
      [
        "document-pushed-before-migration",
        "steps[migrate].waitFor: expected a step that pushes the image to have ended, got build; push the image before it migrates: what has changed the database must be deployable",
      ],
    ],
  },
  {
    what: "a migration that does nothing",
    of: OF,
    args: { steps: { migrate: { entrypoint: "true", args: [] } } },
    refused: [
      [
        "document-migration-does-nothing",
        'steps[migrate].args: expected a command that migrates, got "true"',
      ],
      [
        "document-migrated-before-release",
        "steps[deploy].waitFor: expected the migration to have succeeded before the step makes a revision, got migrate, push, build",
      ],
    ],
  },
  {
    what: "a migration in another image",
    of: OF,
    args: { steps: { migrate: { name: "node:22" } } },
    refused: [
      [
        "document-migration-elsewhere",
        'steps[migrate].name: expected the migration job, run and awaited, or a command of the just-built image, got "node:22"',
      ],
      [
        "document-migrated-before-release",
        "steps[deploy].waitFor: expected the migration to have succeeded before the step makes a revision, got migrate, push, build",
      ],
    ],
  },
  {
    what: "a migration whose failure is excused",
    of: OF,
    args: {
      steps: { migrate: { entrypoint: "sh", args: ["-c", "alembic upgrade head || true"] } },
    },
    refused: [
      [
        "document-migration-excused",
        'steps[migrate].args: expected a failure that fails the step: the command by itself, behind no condition, got "alembic upgrade head"',
      ],
      [
        "document-migrated-before-release",
        "steps[deploy].waitFor: expected the migration to have succeeded before the step makes a revision, got migrate, push, build",
      ],
    ],
  },
  {
    what: "a migration whose failure is overlooked",
    of: OF,
    args: {
      steps: { migrate: { entrypoint: "sh", args: ["-c", "alembic upgrade head; echo done"] } },
    },
    refused: [
      [
        "document-migration-overlooked",
        'steps[migrate].args: expected set -e, so that a failure fails the step, got "alembic upgrade head; echo done"',
      ],
      [
        "document-migrated-before-release",
        "steps[deploy].waitFor: expected the migration to have succeeded before the step makes a revision, got migrate, push, build",
      ],
    ],
  },
  {
    what: "a migration job that is not awaited",
    of: OF,
    args: {
      steps: {
        migrate: {
          name: GCLOUD,
          entrypoint: "gcloud",
          args: ["run", "jobs", "execute", "shop-migrate", "--async"],
        },
      },
    },
    refused: [
      [
        "document-migration-not-awaited",
        "steps[migrate].args: expected the job's end to be awaited (--wait), got no --wait",
      ],
      [
        "document-migrated-before-release",
        "steps[deploy].waitFor: expected the migration to have succeeded before the step makes a revision, got migrate, push, build",
      ],
    ],
  },
  {
    what: "another command of our tool",
    of: OF,
    args: { steps: { migrate: { args: ["cloud-run-migrations", "check"] } } },
    refused: [
      [
        "document-migration-other-command",
        'steps[migrate].args: expected the tool\'s command up, got "check"',
      ],
      [
        "document-migrated-before-release",
        "steps[deploy].waitFor: expected the migration to have succeeded before the step makes a revision, got migrate, push, build",
      ],
    ],
  },
  {
    what: "a secret that is not there",
    of: OF,
    args: { steps: { migrate: { secretEnv: ["PGPASSWORD"] } } },
    refused: [
      [
        "document-secret-missing",
        'steps[migrate].secretEnv: expected no secret, for availableSecrets has none, got "PGPASSWORD"',
      ],
    ],
  },
  {
    what: "a secret that nobody uses",
    of: OF,
    args: {
      availableSecrets: {
        secretManager: [{ env: "A", versionName: "projects/p/secrets/a/versions/1" }],
      },
    },
    refused: [
      [
        "document-secret-unused",
        'availableSecrets.secretManager: expected secrets that a step uses, got "A"',
      ],
    ],
  },
  {
    what: "a secret twice",
    of: OF,
    args: {
      steps: { migrate: { secretEnv: ["A"] } },
      availableSecrets: {
        secretManager: [
          { env: "A", versionName: "projects/p/secrets/a/versions/1" },
          { env: "A", versionName: "projects/p/secrets/a/versions/2" },
        ],
      },
    },
    refused: [
      [
        "document-secret-repeated",
        'availableSecrets.secretManager: expected one secret for each name, got "A" again',
      ],
    ],
  },
  {
    what: "a build that ends before its steps",
    of: OF,
    args: { timeout: "60s", steps: { migrate: { timeout: "1200s" } } },
    refused: [
      [
        "document-timeout",
        'timeout: expected at least 1200s, the sum of steps that run one after the other, got "60s"',
      ],
    ],
  },
];
