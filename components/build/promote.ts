import type { BuildStep } from "./document";
import { serviceEnvironment } from "./environment";
import { STEP_IMAGES } from "./images";
import type { ReleaseOptions, ReleasePromotion } from "./options";
import {
  BACKUP_VARIABLES,
  backupEnvironment,
  backupOf,
  FIND_BACKUP,
  releaseRecord,
} from "./releaseRecord";
import {
  bashScript,
  COMMIT_CHECK,
  PATIENTLY,
  RELEASE_IMAGE,
  RELEASE_REVISION,
  SERVING,
} from "./script";
import { FIXED_SECONDS } from "./timeouts";
import { sayWorkers, workerEnvironment, workerVariables } from "./workers";

/** Routes traffic to the revision that `deploy` made, and says in one JSON line what was released. */
export function promoteStep(options: ReleaseOptions): BuildStep {
  const { promotion } = options;
  const verified = promotion.promotion !== "Immediately" && promotion.verifyCommand !== null;
  const backup = backupOf(options.migration);
  const workers = promotion.promotion === "Manual" ? options.workers : [];
  return {
    id: "promote",
    name: STEP_IMAGES.gcloud,
    waitFor: [verified ? "verify-revision" : "deploy"],
    timeout: `${FIXED_SECONDS.promote}s`,
    env: [
      ...serviceEnvironment(options),
      ...(backup === null ? [] : backupEnvironment(backup)),
      ...workerEnvironment(workers),
    ],
    script: bashScript({
      requires: [
        "SERVICE",
        "REGION",
        ...(backup === null ? [] : BACKUP_VARIABLES),
        ...workerVariables(workers),
      ],
      functions: [
        COMMIT_CHECK,
        PATIENTLY,
        SERVING,
        ...(backup === null ? [] : [FIND_BACKUP]),
        releaseRecord(backup !== null),
        RELEASE_IMAGE,
        RELEASE_REVISION,
        "before=$(cat .release/serving)",
      ],
      body: [
        BODIES[promotion.promotion],
        sayWorkers(workers),
        ...(backup === null ? [] : ["find_backup\n"]),
        RECORDS[promotion.promotion],
      ].join(""),
    }),
  };
}

// With `Immediately`, traffic that follows "latest" has moved before this step begins.
function latestIsOurs(traffic: string): string {
  return `
latest=$(patiently gcloud run services describe "$SERVICE" --region "$REGION" --format 'value(status.latestCreatedRevisionName)')
[ "$latest" = "$revision" ] || fail "another writer created $latest after $revision; ${traffic} $before"
`;
}

// `--to-latest` and not the revision's name: a pinned service would keep the next `pulumi up` from
// serving. What it routed to is read afterwards, for "latest" may have become another revision
// in between. The repair names the revision that served before, and never "latest", which is the
// unproven one.
const ROUTE = `
status=0
gcloud run services update-traffic "$SERVICE" --region "$REGION" --to-latest --quiet || status=$?
now=$(serving) || now=""
if [ "$status" -ne 0 ] || [ "$now" != "$revision=100" ]; then
  [ -n "$before" ] || fail "serving \${now:-unknown}, expected $revision=100; nothing served before, so traffic was not put back"
  gcloud run services update-traffic "$SERVICE" --region "$REGION" --to-revisions "$before" --quiet
  fail "serving \${now:-unknown}, expected $revision=100; pinned $before; find out who else changes service $SERVICE, then run this release again"
fi
`;

const SAY_HOW = `
echo "revision $revision is ready and has no traffic; to route it: gcloud run services update-traffic $SERVICE --region $REGION --to-latest"
`;

const BODIES: Record<ReleasePromotion["promotion"], string> = {
  AfterProbe: latestIsOurs("traffic is untouched:") + ROUTE,
  Immediately: latestIsOurs("serving before:") + ROUTE,
  Manual: latestIsOurs("traffic is untouched:") + SAY_HOW,
};

const RELEASED = 'release_record released "$now"';

const RECORDS: Record<ReleasePromotion["promotion"], string> = {
  AfterProbe: RELEASED,
  Immediately: RELEASED,
  Manual: 'release_record ready "$before"',
};
