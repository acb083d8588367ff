import { renderRelease } from "../../components/build/renderRelease";
import { seedReleaseOptions } from "../../components/build/seed";
import { shellCommands } from "../../components/build/shellCommands";
import { everyCombination } from "../build/helpers/options";

/** Every gcloud command line of every script that can be rendered, as its words, `gcloud` first. */
export function gcloudLines(): string[][] {
  const options = [...everyCombination().map((one) => one.options), seedReleaseOptions];
  const scripts = new Set(
    options.flatMap((one) => renderRelease(one).steps.flatMap(({ script }) => script ?? [])),
  );
  const lines = new Map<string, string[]>();
  for (const script of scripts) {
    for (const { words } of shellCommands(script)) {
      const at = words.indexOf("gcloud");
      const redirection = words.findIndex((word) => /^\d*[<>]/.test(word));
      const line = words.slice(at, redirection === -1 ? undefined : redirection);
      if (at !== -1) lines.set(line.join("\0"), line);
    }
  }
  return [...lines.values()];
}

/** The words of a line with values for its variables. */
export function filledIn(line: readonly string[]): string[] {
  return line.map((word) =>
    word.replaceAll(/\$\{?(\w+)\}?/g, (_, name: string) => {
      const value = VALUES[name];
      if (value === undefined)
        throw new Error(`no sample value for $${name} in: ${line.join(" ")}`);
      return value;
    }),
  );
}

const IMAGE = `europe-west1-docker.pkg.dev/example-project/shop/shop@sha256:${"5".repeat(64)}`;

const VALUES: Record<string, string> = {
  "2": `BUILD_ID=0b1c2d3e-aaaa,COMMIT_SHA=,IMAGE=${IMAGE}`,
  BACKUP_INSTANCE: "shop-1a2b3c4d",
  BACKUP_PROJECT: "example-project",
  BUILD_ID: "0b1c2d3e-aaaa",
  COMMIT_SHA: "89abcdef0123456789abcdef0123456789abcdef",
  JOB: "shop-migrate",
  REGION: "europe-west1",
  RELEASE_TAG: "release-shop",
  SERVICE: "shop",
  before: "shop-00001-xyz=90,shop-00000-old=10",
  created: "2026-11-22T10:00:00.123456789Z",
  execution: "shop-migrate-b2",
  image: IMAGE,
  job: "shop-migrate",
  location: "europe-west1",
  id: "0b1c2d3e-bbbb",
  pool: "shop-mail",
  program: "node",
  revision: "shop-00002-abc",
  words: "^|^report.js|--columns=a,b",
  worker: "shop-mail",
};
