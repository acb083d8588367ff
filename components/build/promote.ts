import type { BuildStep } from "./document";
import { literal, STEP_IMAGES } from "./images";
import type { ReleaseOptions, ReleasePromotion } from "./options";
import {
  bashScript,
  COMMIT_CHECK,
  PATIENTLY,
  RELEASE_IMAGE,
  RELEASE_REVISION,
  SERVING,
} from "./script";
import { FIXED_SECONDS } from "./timeouts";

/** Routes traffic to the revision that `deploy` made, and says in one JSON line what was released. */
export function promoteStep(options: ReleaseOptions): BuildStep {
  const { promotion } = options;
  const verified = promotion.promotion !== "Immediately" && promotion.verifyCommand !== null;
  return {
    id: "promote",
    name: STEP_IMAGES.gcloud,
    waitFor: [verified ? "verify-revision" : "deploy"],
    timeout: `${FIXED_SECONDS.promote}s`,
    env: [
      "BUILD_ID=$BUILD_ID",
      "COMMIT_SHA=$COMMIT_SHA",
      `SERVICE=${literal(options.service)}`,
      `REGION=${literal(options.region)}`,
    ],
    script: bashScript({
      requires: ["SERVICE", "REGION"],
      functions: [
        COMMIT_CHECK,
        PATIENTLY,
        SERVING,
        RELEASE_RECORD,
        RELEASE_IMAGE,
        RELEASE_REVISION,
        "before=$(cat .release/serving)",
      ],
      body: BODIES[promotion.promotion],
    }),
  };
}

// Escapes for JSON by hand: neither Python nor jq is sure to be in the image.
const RELEASE_RECORD = `json() {
  local text="$1"
  if [[ -z "$text" ]]; then printf 'null'; return 0; fi
  text="\${text//[[:cntrl:]]/ }"
  text="\${text//\\\\/\\\\\\\\}"
  text="\${text//\\"/\\\\\\"}"
  printf '"%s"' "$text"
}
release_record() {
  printf '{"formatVersion":1,"command":"release","outcome":%s,"service":%s,"region":%s,"revision":%s,"image":%s,"commit":%s,"buildId":%s,"servingBefore":%s,"serving":%s}\\n' \\
    "$(json "$1")" "$(json "$SERVICE")" "$(json "$REGION")" "$(json "$revision")" "$(json "$image")" "$(json "$COMMIT_SHA")" "$(json "$BUILD_ID")" "$(json "$before")" "$(json "$2")"
}`;

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
release_record released "$now"
`;

const SAY_HOW = `
echo "revision $revision is ready and has no traffic; to route it: gcloud run services update-traffic $SERVICE --region $REGION --to-latest"
release_record ready "$before"
`;

const BODIES: Record<ReleasePromotion["promotion"], string> = {
  AfterProbe: latestIsOurs("traffic is untouched:") + ROUTE,
  Immediately: latestIsOurs("serving before:") + ROUTE,
  Manual: latestIsOurs("traffic is untouched:") + SAY_HOW,
};
