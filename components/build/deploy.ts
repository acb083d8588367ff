import type { BuildStep } from "./document";
import { serviceEnvironment } from "./environment";
import { STEP_IMAGES } from "./images";
import type { ReleaseOptions, ReleasePromotion } from "./options";
import { bashScript, COMMIT_CHECK, PATIENTLY, RELEASE_IMAGE, SERVING } from "./script";
import { FIXED_SECONDS } from "./timeouts";

/** Name of the container that releases change; the proxy beside it is Pulumi's. */
export const APP_CONTAINER = "app";

/** Traffic tag by which `verifyCommand` reaches the new revision. */
export const CANDIDATE_TAG = "candidate";

/**
 * Makes the revision, and proves that it is this release's: its image, its build and its `Ready`
 * condition, which Cloud Run sets after the startup probe.
 *
 * `update` and not `deploy`, which would make a missing service with the default account. Neither
 * `--tag` nor `--revision-suffix`: with them gcloud writes a revision name into the template, and
 * the next `pulumi up` would ask for that name again.
 */
export function deployStep(options: ReleaseOptions): BuildStep {
  return {
    id: "deploy",
    name: STEP_IMAGES.gcloud,
    waitFor: [options.migration.runs === "Command" ? "verify-roles" : "migrate"],
    timeout: `${FIXED_SECONDS.deploy}s`,
    env: serviceEnvironment(options),
    script: bashScript({
      requires: ["SERVICE", "REGION"],
      functions: [COMMIT_CHECK, PATIENTLY, LATEST_REVISION, SERVING, RELEASE_IMAGE],
      body: [
        updateService(options.promotion),
        proveRevision(options.promotion),
        tagCandidate(options.promotion),
      ].join(""),
    }),
  };
}

// An update that has made a revision is never sent again: each time would make one more.
const LATEST_REVISION = `latest_revision() {
  gcloud run services describe "$SERVICE" --region "$REGION" --format 'value(status.latestCreatedRevisionName)'
}
nothing_created() {
  local now
  now=$(latest_revision) || return 1
  [ "$now" = "$latest" ]
}`;

// Service-level flags stand before `--container`: gcloud refuses them after it. Labels are merged,
// so a commit that is not known takes the last one's label away.
function updateService(promotion: ReleasePromotion): string {
  const traffic = promotion.promotion === "Immediately" ? "" : " --no-traffic";
  const update = `patiently gcloud run services update "$SERVICE" --region "$REGION"${traffic}`;
  const container = `--quiet --container ${APP_CONTAINER} --image "$image"`;
  return `
latest=$(patiently latest_revision)
before=$(serving)
printf '%s\\n' "$before" > .release/serving
echo "serving before: \${before:-nothing}"

retry_if=nothing_created
if [ -n "$COMMIT_SHA" ]; then
  ${update} --update-labels "build-id=$BUILD_ID,commit=$COMMIT_SHA" ${container}
else
  ${update} --update-labels "build-id=$BUILD_ID" --remove-labels commit ${container}
fi
retry_if=true
`;
}

function proveRevision({ promotion }: ReleasePromotion): string {
  const traffic = promotion === "Immediately" ? "serving before:" : "traffic is as it was:";
  return `
revision=$(latest_revision)
[[ "$revision" =~ ^[a-z][a-z0-9-]{0,62}$ ]] || fail "service $SERVICE names no latest revision"
build=$(gcloud run revisions describe "$revision" --region "$REGION" --format 'value(metadata.labels.build-id)')
[ "$build" = "$BUILD_ID" ] || fail "another writer created $revision; ${traffic} $before"
containers=$(gcloud run revisions describe "$revision" --region "$REGION" --flatten 'spec.containers[]' --format 'csv[no-heading](spec.containers.name,spec.containers.image)')
grep -qxF "${APP_CONTAINER},$image" <<<"$containers" || fail "revision $revision does not run $image; ${traffic} $before"

ready=""
for attempt in {1..24}; do
  conditions=$(gcloud run revisions describe "$revision" --region "$REGION" --flatten 'status.conditions[]' --format 'csv[no-heading](status.conditions.type,status.conditions.status)')
  if grep -qxF "Ready,True" <<<"$conditions"; then
    ready="$attempt"
    break
  fi
  sleep 5
done
[ -n "$ready" ] || fail "revision $revision is not ready; ${traffic} $before"
printf '%s\\n' "$revision" > .release/revision
echo "revision $revision is ready"
`;
}

// A revision without traffic has no address of its own until it has a tag.
function tagCandidate(promotion: ReleasePromotion): string {
  if (promotion.promotion === "Immediately" || promotion.verifyCommand === null) return "";
  return `
gcloud run services update-traffic "$SERVICE" --region "$REGION" --update-tags "${CANDIDATE_TAG}=$revision" --quiet
tags=$(gcloud run services describe "$SERVICE" --region "$REGION" --flatten 'status.traffic[]' --format 'csv[no-heading](status.traffic.tag,status.traffic.url)')
grep "^${CANDIDATE_TAG}," <<<"$tags" | cut -d , -f 2 > .release/url
test -s .release/url
`;
}
