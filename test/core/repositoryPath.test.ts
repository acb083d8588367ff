import { describe, expect, it } from "vitest";

import { formatRepositoryPath, parseRepositoryPath } from "../../components/core/repositoryPath";

describe("repository paths", () => {
  it.each([
    [
      "europe-west1-docker.pkg.dev/my-project/shop",
      { location: "europe-west1", project: "my-project", repositoryId: "shop" },
    ],
    [
      "europe-docker.pkg.dev/example.com/my-project/shop",
      { location: "europe", project: "example.com:my-project", repositoryId: "shop" },
    ],
  ])("reads %s and writes the same again", (path, place) => {
    expect(parseRepositoryPath(path)).toEqual(place);
    expect(formatRepositoryPath(place)).toBe(path);
  });
});
