import { describe, expect, it } from "vitest";

import { pushStep } from "../../components/build/push";
import { linesOf, runScript } from "./helpers/bash";
import { BUILD_ID, DIGEST } from "./helpers/cloudBuild";
import { migrationImage, releaseOptions } from "./helpers/options";

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

describe("push of two images", () => {
  const two = pushStep(releaseOptions({ migrationImage }));
  const other = `${migrationImage.image}@sha256:${"7".repeat(64)}`;
  const inspected = [
    { to: `docker inspect .*${migrationImage.image}:`, stdout: `${other}\n` },
    { to: `docker inspect .*${image}:`, stdout: `${DIGEST}\n` },
  ].map(({ to, stdout }) => ({ to: new RegExp(to), stdout }));

  it("waits for both builds and keeps both digests, each in a file of its own", async () => {
    expect(two.waitFor).toEqual(["build", "build-migration"]);
    expect([step.timeout, two.timeout]).toEqual(["900s", "1800s"]);
    const outcome = await runScript(two, [{ to: "docker push" }, ...inspected]);
    expect(outcome.stderr).toBe("");
    expect(outcome.status).toBe(0);
    expect(outcome.file(".release/image")).toBe(`${DIGEST}\n`);
    expect(outcome.file(".release/migration-image")).toBe(`${other}\n`);
    expect(linesOf(outcome, "docker").filter((line) => line.startsWith("push"))).toEqual([
      `push ${image}:${BUILD_ID}`,
      `push ${migrationImage.image}:${BUILD_ID}`,
      `push ${image}:cache`,
      `push ${migrationImage.image}:cache`,
    ]);
  });

  it("fails when docker knows a digest of the other image only", async () => {
    const outcome = await runScript(two, [
      { to: "docker push" },
      { to: "docker inspect", stdout: `${DIGEST}\n` },
    ]);
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toBe(
      `error: docker knows no digest of ${migrationImage.image}:${BUILD_ID} after the push\n`,
    );
    expect(outcome.file(".release/migration-image")).toBeNull();
  });

  it("fails when the second push fails", async () => {
    const outcome = await runScript(two, [
      { to: `docker push ${migrationImage.image}`, status: 1, stderr: "no such image\n" },
      { to: "docker push" },
      ...inspected,
    ]);
    expect(outcome.status).toBe(1);
    expect(outcome.file(".release/migration-image")).toBeNull();
  });
});
