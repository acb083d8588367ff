import { describe, expect, it } from "vitest";
import { ImageRepository } from "../../components/imageRepository";
import { Probe, record, resource } from "./recording";

const args = { region: "europe-west1", namePrefix: "shop" };

describe("ImageRepository", () => {
  it("keeps the most recent images and deletes old ones without a tag", async () => {
    const recorded = await record(() => {
      new ImageRepository("images", { ...args, labels: { team: "shop" } });
    });
    // Exactly these: dockerConfig written as false would be a change in every preview.
    expect(resource(recorded, "images").inputs).toEqual({
      repositoryId: "shop-dev",
      format: "DOCKER",
      location: "europe-west1",
      labels: { team: "shop" },
      cleanupPolicies: [
        { id: "keep-most-recent", action: "KEEP", mostRecentVersions: { keepCount: 50 } },
        {
          id: "delete-untagged",
          action: "DELETE",
          condition: { tagState: "UNTAGGED", olderThan: "2592000s" },
        },
      ],
    });
  });

  it("deletes released images and fixes tags when asked", async () => {
    const recorded = await record(() => {
      new ImageRepository("images", { ...args, deleteAfterDays: 90, immutableTags: true });
    });
    const { inputs } = resource(recorded, "images");
    expect(inputs["dockerConfig"]).toEqual({ immutableTags: true });
    expect((inputs["cleanupPolicies"] as unknown[])[2]).toEqual({
      id: "delete-old",
      action: "DELETE",
      condition: { tagState: "ANY", olderThan: "7776000s" },
    });
  });

  it("grants each account under its own key, before the path is given", async () => {
    const recorded = await record(() => {
      const images = new ImageRepository("images", {
        ...args,
        project: "my-project",
        writers: { build: "build@my-project.iam.gserviceaccount.com" },
        readers: { audit: "audit@my-project.iam.gserviceaccount.com" },
      });
      new Probe("probe", images.repositoryPath);
    });
    expect(resource(recorded, "images-writer-build").inputs).toEqual({
      project: "my-project",
      location: "europe-west1",
      repository: "shop-dev",
      role: "roles/artifactregistry.writer",
      member: "serviceAccount:build@my-project.iam.gserviceaccount.com",
    });
    expect(resource(recorded, "images-reader-audit").inputs["role"]).toBe(
      "roles/artifactregistry.reader",
    );
    const probe = resource(recorded, "probe");
    expect(probe.inputs["value"]).toBe("europe-west1-docker.pkg.dev/my-project/shop-dev");
    expect(probe.dependsOn).toEqual(["images", "images-reader-audit", "images-writer-build"]);
  });

  it("writes a domain's project with a slash", async () => {
    const recorded = await record(() => {
      const images = new ImageRepository("images", { ...args, project: "example.com:my-project" });
      new Probe("probe", images.repositoryPath);
    });
    expect(resource(recorded, "probe").inputs["value"]).toBe(
      "europe-west1-docker.pkg.dev/example.com/my-project/shop-dev",
    );
  });

  it("fails on labels and numbers out of range", async () => {
    await record(() => {
      expect(
        () => new ImageRepository("images", { ...args, labels: { Team: "Shop" }, keepCount: 0 }),
      ).toThrow(
        [
          "invalid args",
          "  keepCount: expected a whole number from 1 to 1000, got 0",
          '  labels.Team: expected a key of lower-case letters, digits, _ or -, at most 63, beginning with a letter, got "Team"',
        ].join("\n"),
      );
    });
  });

  it("only grants on a repository that is there already", async () => {
    const recorded = await record(() => {
      const images = new ImageRepository("images", {
        ...args,
        project: "my-project",
        labels: { team: "shop" },
        existing: "europe-docker.pkg.dev/tools-project/images",
        writers: { build: "build@my-project.iam.gserviceaccount.com" },
      });
      new Probe("probe", [images.repositoryPath, images.repositoryId]);
    });
    expect([...recorded.keys()].sort()).toEqual([
      "component images",
      "images-writer-build",
      "probe",
    ]);
    expect(resource(recorded, "images-writer-build").inputs).toEqual({
      project: "tools-project",
      location: "europe",
      repository: "images",
      role: "roles/artifactregistry.writer",
      member: "serviceAccount:build@my-project.iam.gserviceaccount.com",
    });
    const probe = resource(recorded, "probe");
    expect(probe.inputs["value"]).toEqual(["europe-docker.pkg.dev/tools-project/images", "images"]);
    expect(probe.dependsOn).toEqual(["images-writer-build"]);
  });

  it("finds the project of a domain in an existing repository's path", async () => {
    const existing = "europe-west1-docker.pkg.dev/example.com/my-project/images";
    const recorded = await record(() => {
      const images = new ImageRepository("images", {
        ...args,
        existing,
        readers: { audit: "audit@my-project.iam.gserviceaccount.com" },
      });
      new Probe("probe", images.repositoryPath);
    });
    expect(resource(recorded, "images-reader-audit").inputs["project"]).toBe(
      "example.com:my-project",
    );
    expect(resource(recorded, "probe").inputs["value"]).toBe(existing);
  });

  it("fails on settings of a repository that it does not make, and on unknown ones", async () => {
    await record(() => {
      const existing = "europe-west1-docker.pkg.dev/my-project/images";
      const wrong = { ...args, existing, keepCount: 3, immutableTags: false, keepcount: 3 };
      expect(() => new ImageRepository("images1", wrong)).toThrow(
        [
          "invalid args",
          "  keepcount: expected a known argument, got an unknown one; did you mean keepCount?",
          "  immutableTags: expected nothing beside existing, got false; set it where the repository is made",
          "  keepCount: expected nothing beside existing, got 3; set it where the repository is made",
        ].join("\n"),
      );
      const path = { ...args, existing: "gcr.io/my-project/images" };
      expect(() => new ImageRepository("images2", path)).toThrow(
        'existing: expected {region}-docker.pkg.dev/{project}/{repository}, got "gcr.io/my-project/images"',
      );
    });
  });
});
