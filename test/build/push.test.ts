import { describe, expect, it } from "vitest";

import { pushStep } from "../../components/build/push";
import { linesOf, runScript } from "./helpers/bash";
import { BUILD_ID, DIGEST } from "./helpers/cloudBuild";
import { releaseOptions } from "./helpers/options";

const step = pushStep(releaseOptions());
const image = "europe-west1-docker.pkg.dev/example-project/shop/shop";

describe("push", () => {
  it("pushes the build's tag, writes the digest, then pushes the cache", async () => {
    const outcome = await runScript(step, [
      { to: "docker push" },
      { to: "docker inspect", stdout: `${image}-other@sha256:1\n${DIGEST}\n\n` },
    ]);
    expect(outcome.stderr).toBe("");
    expect(outcome.status).toBe(0);
    expect(outcome.file(".release/image")).toBe(`${DIGEST}\n`);
    expect(linesOf(outcome, "docker")).toEqual([
      `push ${image}:${BUILD_ID}`,
      `inspect --format {{range .RepoDigests}}{{println .}}{{end}} ${image}:${BUILD_ID}`,
      `push ${image}:cache`,
    ]);
  });

  it("takes nothing from a folder that came with the sources", async () => {
    const outcome = await runScript(
      step,
      [{ to: "docker push" }, { to: "docker inspect", stdout: `${DIGEST}\n` }],
      { files: { ".release/revision": "shop-00001-old\n", ".release/image": "evil\n" } },
    );
    expect(outcome.file(".release/revision")).toBeNull();
    expect(outcome.file(".release/image")).toBe(`${DIGEST}\n`);
  });

  it("fails when docker knows no digest of this image", async () => {
    const outcome = await runScript(step, [
      { to: "docker push" },
      { to: "docker inspect", stdout: `${image}-other@sha256:1\n` },
    ]);
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toBe(
      `error: docker knows no digest of ${image}:${BUILD_ID} after the push\n`,
    );
    expect(outcome.file(".release/image")).toBeNull();
  });

  it("fails when the push fails", async () => {
    const outcome = await runScript(step, [
      { to: "docker push", status: 1, stderr: "no such image\n" },
    ]);
    expect(outcome.status).toBe(1);
    expect(linesOf(outcome, "docker")).toHaveLength(1);
  });

  it("retries while the repository's grant is not effective yet", async () => {
    const outcome = await runScript(step, [
      { to: "docker push", status: 1, stderr: "denied: Permission missing\n", times: 2 },
      { to: "docker push" },
      { to: "docker inspect", stdout: `${DIGEST}\n` },
    ]);
    expect(outcome.status).toBe(0);
    expect(linesOf(outcome, "docker")).toHaveLength(5);
  });

  it("releases without a cache", async () => {
    const outcome = await runScript(step, [
      { to: ":cache", status: 1 },
      { to: "docker push" },
      { to: "docker inspect", stdout: `${DIGEST}\n` },
    ]);
    expect(outcome.status).toBe(0);
    expect(outcome.stderr).toBe(
      "warning: the layer cache was not pushed; the next build is slower\n",
    );
  });
});
