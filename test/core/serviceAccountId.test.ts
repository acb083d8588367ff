import { describe, expect, it } from "vitest";

import { serviceAccountId } from "../../components/core/serviceAccountId";

describe("serviceAccountId", () => {
  it.each([
    ["build@my-project.iam.gserviceaccount.com", "my-project"],
    ["build@my-project.example.com.iam.gserviceaccount.com", "example.com:my-project"],
    ["build@my-project.eu.example.com.iam.gserviceaccount.com", "eu.example.com:my-project"],
  ])("finds the project of %s", (email, project) => {
    expect(serviceAccountId(email)).toBe(`projects/${project}/serviceAccounts/${email}`);
  });
});
