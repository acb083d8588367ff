import type { BuildStep } from "./document";
import { literal, STEP_IMAGES } from "./images";
import type { ReleaseOptions } from "./options";
import { bashScript, PATIENTLY } from "./script";

/** The build tag that releases of one service share. */
export function releaseTag(service: string): string {
  return `release-${service}`;
}

/**
 * Lets one release of a service run at a time and nothing be cancelled half way.
 *
 * The order is that of starting, not of creation: a build that waited for its approval is older than
 * one that is already migrating, and must wait for it. A release steps aside when a younger one has
 * succeeded, or serves: a build may fail after its revision has traffic.
 */
export function guardStep(options: ReleaseOptions): BuildStep {
  return {
    id: "guard",
    name: STEP_IMAGES.gcloud,
    timeout: `${options.timeouts.guardSeconds}s`,
    env: [
      "BUILD_ID=$BUILD_ID",
      "LOCATION=$LOCATION",
      `REGION=${literal(options.region)}`,
      `SERVICE=${literal(options.service)}`,
      `RELEASE_TAG=${literal(releaseTag(options.service))}`,
    ],
    script: bashScript({
      requires: ["REGION", "SERVICE", "RELEASE_TAG"],
      functions: [PATIENTLY, MOMENT, PERHAPS],
      body: BODY,
    }),
  };
}

// Google gives up to nine decimals or none, and gcloud's own filters cut to three: cut all alike,
// and let the ID decide between builds of one millisecond.
const MOMENT = `moment() {
  local seconds="\${1%Z}" fraction=""
  if [[ "$seconds" == *.* ]]; then
    fraction="\${seconds#*.}"
    seconds="\${seconds%%.*}"
  fi
  fraction="\${fraction}000"
  printf '%s.%s %s' "$seconds" "\${fraction:0:3}" "$2"
}`;

// Runs a command whose object may be gone: then it succeeds and prints nothing.
const PERHAPS = `perhaps() {
  local errors status=0
  errors=$(mktemp)
  patiently "$@" 2>"$errors" || status=$?
  if [ "$status" -ne 0 ] && grep -qE 'NOT_FOUND|Cannot find |could not be found|status[:=]? ?\\[?404' "$errors"; then
    status=0
  else
    cat "$errors" >&2
  fi
  rm -f "$errors"
  return "$status"
}`;

const BODY = `
location="\${LOCATION:-$REGION}"
mine=$(patiently gcloud builds describe "$BUILD_ID" --region "$location" --format 'csv[no-heading](createTime,startTime)')
IFS=, read -r created started <<<"$mine"
[[ "$created" =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$ ]] || fail "build $BUILD_ID has no creation time"
place=$(moment "\${started:-$created}" "$BUILD_ID")

while :; do
  ahead=""
  builds=$(patiently gcloud builds list --region "$location" --ongoing --filter "tags=\\"$RELEASE_TAG\\"" --limit 100 --format 'csv[no-heading](id,createTime,startTime)')
  while IFS=, read -r id their_created their_started; do
    if [[ -z "$id" || "$id" == "$BUILD_ID" ]]; then continue; fi
    # A build that has not started will find this one ahead of it.
    if [[ -n "$started" ]]; then theirs="$their_started"; else theirs="$their_created"; fi
    if [[ -n "$theirs" && "$(moment "$theirs" "$id")" < "$place" ]]; then ahead+=" $id"; fi
  done <<<"$builds"
  if [[ -z "$ahead" ]]; then break; fi
  echo "waiting for the release ahead of this one:$ahead"
  sleep 10
done

age=$(moment "$created" "$BUILD_ID")
builds=$(patiently gcloud builds list --region "$location" --filter "tags=\\"$RELEASE_TAG\\" AND status=\\"SUCCESS\\" AND createTime>=\\"$created\\"" --limit 50 --format 'csv[no-heading](id,createTime)')
while IFS=, read -r id their_created; do
  if [[ -z "$id" || "$id" == "$BUILD_ID" ]]; then continue; fi
  if [[ "$(moment "$their_created" "$id")" > "$age" ]]; then
    echo "superseded by build $id" >&2
    exit 1
  fi
done <<<"$builds"

# What serves decides too, for the build that released it may have failed afterwards.
targets=$(perhaps gcloud run services describe "$SERVICE" --region "$REGION" --flatten 'status.traffic[]' --format 'csv[no-heading](status.traffic.revisionName,status.traffic.percent)')
while IFS=, read -r revision percent; do
  if [[ ! "$revision" =~ ^[a-z][a-z0-9-]{0,62}$ || ! "$percent" =~ ^[1-9][0-9]*$ ]]; then continue; fi
  id=$(perhaps gcloud run revisions describe "$revision" --region "$REGION" --format 'value(metadata.labels.build-id)')
  if [[ ! "$id" =~ ^[0-9a-z-]{1,63}$ || "$id" == "$BUILD_ID" ]]; then continue; fi
  # A build that Cloud Build has forgotten is older than any that runs.
  their_created=$(perhaps gcloud builds describe "$id" --region "$location" --format 'value(createTime)')
  if [[ -n "$their_created" && "$(moment "$their_created" "$id")" > "$age" ]]; then
    echo "superseded by build $id, which serves by revision $revision" >&2
    exit 1
  fi
done <<<"$targets"
echo "no other release is under way"
`;
