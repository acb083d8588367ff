import type { BuildStep } from "./document";
import { literal, STEP_IMAGES } from "./images";
import type { ReleaseOptions } from "./options";
import { bashScript, PATIENTLY } from "./script";
import { FIXED_SECONDS } from "./timeouts";

/**
 * Pushes the image before anything uses it, and keeps its digest: from here on the release speaks
 * of content, not of a tag.
 */
export function pushStep({ image }: ReleaseOptions): BuildStep {
  return {
    id: "push",
    name: STEP_IMAGES.docker,
    waitFor: ["build"],
    timeout: `${FIXED_SECONDS.push}s`,
    env: ["BUILD_ID=$BUILD_ID", `IMAGE=${literal(image)}`],
    script: bashScript({ requires: ["IMAGE"], functions: [PATIENTLY], body: BODY }),
  };
}

const BODY = `
patiently docker push "$IMAGE:$BUILD_ID"

digest=""
digests=$(docker inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$IMAGE:$BUILD_ID")
while read -r line; do
  if [[ "$line" == "$IMAGE@sha256:"* ]]; then digest="$line"; fi
done <<<"$digests"
[[ -n "$digest" ]] || fail "docker knows no digest of $IMAGE:$BUILD_ID after the push"

# The folder may have come with the sources: nothing of that is ours.
rm -rf .release
mkdir .release
printf '%s\\n' "$digest" > .release/image
test -s .release/image
echo "pushed $digest"

docker push "$IMAGE:cache" || echo "warning: the layer cache was not pushed; the next build is slower" >&2
`;
