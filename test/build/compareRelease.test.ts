import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { releaseProperties } from "../../components/build/compareRelease";
import type { AnyBuildDocument } from "../../components/build/document";
import { parseDocument } from "../../components/build/formatDocument";
import { renderRelease } from "../../components/build/renderRelease";
import { seedReleaseOptions } from "../../components/build/seed";
import { passwordLogin, releaseOptions, stepReach } from "./helpers/options";

const held = (document: AnyBuildDocument): Record<string, boolean> =>
  Object.fromEntries(releaseProperties(document).map(({ id, holds }) => [id, holds]));

const article = parseDocument(
  readFileSync(join(__dirname, "fixtures/seed-cloudbuild.yaml"), "utf8"),
);

describe("releaseProperties", () => {
  it("says what the article's pipeline has and what it lacks", () => {
    expect(held(article)).toEqual({
      "pushed-before-migration": false,
      "migrated-before-traffic": true,
      "migrates-the-released-image": true,
      "secrets-pinned": false,
      "one-release-at-a-time": false,
      "deploys-by-digest": false,
      "no-traffic-before-ready": false,
      "proves-what-serves": false,
      "own-account": false,
      timeouts: false,
      provenance: false,
      "pinned-step-images": false,
    });
  });

  it("says why", () => {
    for (const { why, id } of releaseProperties(article)) {
      expect(why.length).toBeGreaterThan(20);
      const ours = releaseProperties(renderRelease(releaseOptions())).find((one) => one.id === id)!;
      expect(ours.why === why).toBe(held(article)[id]);
    }
  });

  it("finds everything in a release of ours but the traffic, in the seed's promotion", () => {
    const seed = held(renderRelease(seedReleaseOptions));
    expect(Object.keys(seed).filter((id) => !seed[id])).toEqual(["no-traffic-before-ready"]);
  });

  it.each<[string, (text: string) => string]>([
    ["pushed-before-migration", (text) => text.replaceAll("docker push", "docker tag")],
    [
      "migrated-before-traffic",
      (text) => text.replace('"waitFor":["migrate"]', '"waitFor":["push"]'),
    ],
    ["secrets-pinned", (text) => text.replace("/versions/3", "/versions/latest")],
    ["one-release-at-a-time", (text) => text.replace("--ongoing", "")],
    [
      "deploys-by-digest",
      (text) =>
        text
          .replace('--image \\"$image\\"', "--image shop:latest")
          .replace('--image \\"$image\\"', "--image shop:latest"),
    ],
    ["no-traffic-before-ready", (text) => text.replace("--no-traffic", "")],
    ["proves-what-serves", (text) => text.replaceAll("status.traffic", "status.url")],
    ["own-account", (text) => text.replace("serviceAccount", "x")],
    ["timeouts", (text) => text.replace(/"timeout":"\d+s",/, "")],
    ["provenance", (text) => text.replace("VERIFIED", "NOT_VERIFIED")],
    ["pinned-step-images", (text) => text.replace(":528.0.0-slim", "")],
    [
      "migrates-the-released-image",
      (text) => text.replace('"id":"migrate","name":"europe', '"id":"migrate","name":"other'),
    ],
  ])("misses %s when it is taken away", (id, alter) => {
    const text = JSON.stringify(renderRelease(releaseOptions({ reach: stepReach(passwordLogin) })));
    expect(held(JSON.parse(text) as AnyBuildDocument)[id]).toBe(true);
    expect(alter(text)).not.toBe(text);
    expect(held(JSON.parse(alter(text)) as AnyBuildDocument)[id]).toBe(false);
  });

  it("has an answer for any document", () => {
    for (const document of [{}, { steps: [] }, { steps: [{}] }, { steps: [{ script: "$(" }] }]) {
      expect(releaseProperties(document)).toHaveLength(12);
    }
  });
});
