import { describe, expect, it } from "vitest";
import { ImageRepository } from "../../components/imageRepository";
import { ServiceApis } from "../../components/serviceApis";
import { componentKey, ofType, Probe, record, resource } from "./recording";

const SERVICE = "gcp:projects/service:Service";

describe("ServiceApis", () => {
  it("enables every API that an environment calls and leaves it on", async () => {
    const recorded = await record(() => {
      new ServiceApis("apis", { project: "my-project" });
    });
    const services = ofType(recorded, SERVICE);
    expect(services.map(({ inputs }) => inputs["service"])).toEqual([
      "artifactregistry.googleapis.com",
      "cloudbuild.googleapis.com",
      "cloudresourcemanager.googleapis.com",
      "compute.googleapis.com",
      "iam.googleapis.com",
      "iamcredentials.googleapis.com",
      "logging.googleapis.com",
      "run.googleapis.com",
      "secretmanager.googleapis.com",
      "servicenetworking.googleapis.com",
      "sqladmin.googleapis.com",
    ]);
    for (const service of services) {
      expect(service.inputs).toMatchObject({ project: "my-project", disableOnDestroy: false });
      expect(service.parent).toBe("apis");
    }
  });

  it("gives the list once all are on", async () => {
    const recorded = await record(() => {
      const apis = new ServiceApis("apis", { services: ["run.googleapis.com"] });
      new Probe("probe", apis.services);
    });
    expect(resource(recorded, "probe").dependsOn).toEqual(["apis-run"]);
  });

  it("keeps a component's children waiting that depends on it", async () => {
    const made: string[] = [];
    const recorded = await record(
      () => {
        const services = ["artifactregistry.googleapis.com"];
        const apis = new ServiceApis("apis", { services });
        new ImageRepository("images", { region: "europe-west1" }, { dependsOn: apis });
      },
      { delays: { [SERVICE]: 50 }, onMade: (name) => made.push(name) },
    );
    expect(resource(recorded, componentKey("images")).dependsOn).toEqual(["apis-artifactregistry"]);
    // The component and its child share the name, so the order is the test.
    expect(made).toEqual(["apis", "apis-artifactregistry", "images", "images"]);
  });

  it("fails on a project that is none", async () => {
    await record(() => {
      expect(() => new ServiceApis("apis", { project: "My Project" })).toThrow(
        "invalid args\n  project: expected a project ID: 6 to 30 lower-case letters, digits or -, " +
          'beginning with a letter, got "My Project"',
      );
    });
  });

  it("fails on names that are none, on one given twice, and on what it does not know", async () => {
    await record(() => {
      const services = ["run.googleapis.com", "sqladmin.googleapis.com", "run.googleapis.com"];
      expect(() => new ServiceApis("apis1", { services })).toThrow(
        'services[2]: expected an API that is not in the list yet, got "run.googleapis.com"',
      );
      expect(() => new ServiceApis("apis2", { services: ["Cloud Run"] })).toThrow(
        'services[0]: expected an API such as run.googleapis.com, got "Cloud Run"',
      );
      const typo = { service: ["run.googleapis.com"] };
      expect(() => new ServiceApis("apis3", typo as object)).toThrow(
        "service: expected a known argument, got an unknown one; did you mean services?",
      );
    });
  });
});
