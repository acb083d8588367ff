/** What a bash step is made of. */
export interface BashScript {
  /** Environment variables that must be there and not empty; `BUILD_ID` always is one. */
  requires: string[];
  /** Functions of this file that the body calls. */
  functions: string[];
  /** The step's own commands. */
  body: string;
}

/**
 * A whole script. Cloud Build substitutes nothing in it: everything variable arrives by `env`, so no
 * branch name or commit can become shell text.
 */
export function bashScript({ requires, functions, body }: BashScript): string {
  const required = ["BUILD_ID", ...requires].map((name) => `: "\${${name}:?}"`);
  return [
    "#!/usr/bin/env bash",
    "set -euo pipefail",
    // Else a failing command inside $(…) would go unnoticed.
    "shopt -s inherit_errexit",
    "export LC_ALL=C",
    ...required,
    "",
    FAIL,
    BUILD_ID_CHECK,
    ...functions,
    "",
    body.trim(),
    "",
  ].join("\n");
}

const FAIL = `fail() {
  echo "error: $*" >&2
  exit 1
}`;

const BUILD_ID_CHECK = `[[ "$BUILD_ID" =~ ^[0-9a-z-]{1,63}$ ]] || fail "BUILD_ID: expected a build ID"`;

/** Refuses a commit that could not be a label; empty is a build started by hand. */
export const COMMIT_CHECK = `[[ "\${COMMIT_SHA-}" =~ ^[0-9a-f]{0,40}$ ]] || fail "COMMIT_SHA: expected up to 40 lower-case hexadecimal digits"`;

/**
 * Retries a command for two minutes while it fails by missing permissions: IAM grants of a first
 * release take minutes to be effective. `retry_if` names a check that must hold before each retry.
 */
export const PATIENTLY = `retry_if=true
patiently() {
  local attempt errors status=0
  errors=$(mktemp)
  for attempt in {1..13}; do
    status=0
    { "$@" 2>&1 1>&3 3>&- | tee "$errors" >&2; } 3>&1 || status=$?
    if [ "$status" -eq 0 ] || [ "$attempt" -eq 13 ]; then break; fi
    if ! grep -qiE 'permission|denied|forbidden|status[:=]? ?\\[?403' "$errors"; then break; fi
    sleep 10
    if ! "$retry_if"; then break; fi
    echo "retrying: a permission granted a moment ago may take minutes to be effective" >&2
  done
  rm -f "$errors"
  return "$status"
}`;

/** Reads the digest reference that `push` wrote, into `image`. */
function readImage(file: string): string {
  return `release_image() {
  local image
  image=$(cat ${file})
  [[ "$image" =~ ^[^@[:space:]]+@sha256:[0-9a-f]{64}$ ]] || fail "${file}: expected {image}@sha256:{digest}"
  printf '%s' "$image"
}
image=$(release_image)`;
}

/** Reads the image that is to serve. */
export const RELEASE_IMAGE = readImage(".release/image");

/** Reads the image that is to migrate, when it is another one. */
export const MIGRATION_IMAGE = readImage(".release/migration-image");

/**
 * Prints what serves as `REVISION=PERCENT,…`. One revision may stand in several targets: by
 * "latest", by name and by tag.
 */
export const SERVING = `serving() {
  local targets name percent order=() part result=""
  local -A percents=()
  targets=$(gcloud run services describe "$SERVICE" --region "$REGION" --flatten 'status.traffic[]' --format 'csv[no-heading](status.traffic.revisionName,status.traffic.percent)')
  while IFS=, read -r name percent; do
    if [[ -z "$name" || ! "$percent" =~ ^[0-9]+$ || "$percent" -eq 0 ]]; then continue; fi
    if [[ -z "\${percents[$name]-}" ]]; then order+=("$name"); fi
    percents[$name]=$((\${percents[$name]:-0} + percent))
  done <<<"$targets"
  for part in "\${order[@]}"; do result+="\${result:+,}$part=\${percents[$part]}"; done
  printf '%s' "$result"
}`;

/** Reads the revision that `deploy` made. */
export const RELEASE_REVISION = `revision=$(cat .release/revision)
[[ "$revision" =~ ^[a-z][a-z0-9-]{0,62}$ ]] || fail ".release/revision: expected the name of a revision"`;
