import type { BuildStep } from "./document";
import { literal, STEP_IMAGES } from "./images";
import type { ReleaseOptions } from "./options";
import { bashScript, PATIENTLY } from "./script";
import { FIXED_SECONDS } from "./timeouts";

/**
 * Pushes what was built before anything uses it, and keeps the digests: from here on the release
 * speaks of content, not of a tag.
 */
export function pushStep({ image, migrationImage }: ReleaseOptions): BuildStep {
  const pushed = migrationImage === null ? [SERVING_IMAGE] : [SERVING_IMAGE, MIGRATING_IMAGE];
  const migration =
    migrationImage === null ? [] : [`MIGRATION_IMAGE=${literal(migrationImage.image)}`];
  return {
    id: "push",
    name: STEP_IMAGES.docker,
    waitFor: migrationImage === null ? ["build"] : ["build", "build-migration"],
    timeout: `${FIXED_SECONDS.push * pushed.length}s`,
    env: ["BUILD_ID=$BUILD_ID", `IMAGE=${literal(image)}`, ...migration],
    script: bashScript({
      requires: pushed.map(({ variable }) => variable),
      functions: [PATIENTLY],
      body: [
        ...pushed.map((one, index) => pushAndKeep(one, index === 0 ? FOLDER : "")),
        pushed.map(pushCache).join("\n"),
      ].join("\n"),
    }),
  };
}

interface PushedImage {
  /** Variable that has its path. */
  variable: string;
  /** File of its digest. */
  file: string;
}

const SERVING_IMAGE: PushedImage = { variable: "IMAGE", file: ".release/image" };
const MIGRATING_IMAGE: PushedImage = {
  variable: "MIGRATION_IMAGE",
  file: ".release/migration-image",
};

const FOLDER = `# The folder may have come with the sources: nothing of that is ours.
rm -rf .release
mkdir .release
`;

function pushAndKeep({ variable, file }: PushedImage, folder: string): string {
  return `patiently docker push "$${variable}:$BUILD_ID"

digest=""
digests=$(docker inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$${variable}:$BUILD_ID")
while read -r line; do
  if [[ "$line" == "$${variable}@sha256:"* ]]; then digest="$line"; fi
done <<<"$digests"
[[ -n "$digest" ]] || fail "docker knows no digest of $${variable}:$BUILD_ID after the push"

${folder}printf '%s\\n' "$digest" > ${file}
test -s ${file}
echo "pushed $digest"
`;
}

function pushCache({ variable }: PushedImage): string {
  return `docker push "$${variable}:cache" || echo "warning: the layer cache was not pushed; the next build is slower" >&2`;
}
