import { describe, expect, it } from "vitest";

import {
  checkConnectionName,
  parseConnectionName,
} from "../../components/core/parseConnectionName";
import { formatViolation } from "../../components/core/violations";

describe("parseConnectionName", () => {
  it.each([
    [
      "my-project:europe-west1:main",
      { project: "my-project", region: "europe-west1", instance: "main" },
    ],
    [
      "example.com:my-project:northamerica-northeast1:shop-dev-1a2b3c4",
      {
        project: "example.com:my-project",
        region: "northamerica-northeast1",
        instance: "shop-dev-1a2b3c4",
      },
    ],
  ])("reads %s", (text, expected) => {
    expect(parseConnectionName(text)).toEqual(expected);
  });

  it.each([
    "main",
    "my-project:main",
    "my-project:europe-west1-b:main",
    "my-project:europe-west1:",
    "my-project:europe-west1:Main",
    "projects/my-project/instances/main",
    "a.com:b.com:my-project:europe-west1:main",
    " my-project:europe-west1:main",
    "",
  ])("does not read %j", (text) => {
    expect(parseConnectionName(text)).toBeUndefined();
    expect(checkConnectionName("instance", text)).toHaveLength(1);
  });
});

describe("checkConnectionName", () => {
  it("says how to find out the whole name", () => {
    expect(checkConnectionName("instance", "main").map(formatViolation)).toEqual([
      "instance: expected {project}:{region}:{instance}, such as my-project:europe-west1:main, got \"main\"; gcloud sql instances describe INSTANCE --format='value(connectionName)' prints it",
    ]);
  });

  it("does not look at an output", () => {
    expect(checkConnectionName("instance", { apply: () => "main" })).toEqual([]);
  });
});
