import { describe, expect, it } from "vitest";
import { renderTemplate } from "../../../../rehearsal/cloud/docker/template";

const IMAGE = {
  Id: "sha256:1",
  RepoDigests: ["a@sha256:1", "b@sha256:1"],
  Config: { Labels: { "org.x": "y" }, Cmd: null },
};

describe("docker inspect --format", () => {
  it.each([
    ["{{.Id}}", "sha256:1"],
    ["{{range .RepoDigests}}{{println .}}{{end}}", "a@sha256:1\nb@sha256:1\n"],
    ["[{{range .RepoDigests}}<{{.}}>{{end}}]", "[<a@sha256:1><b@sha256:1>]"],
    ["{{index .RepoDigests 1}}", "b@sha256:1"],
    ['{{index .Config.Labels "org.x"}}', "y"],
    ["{{json .Config.Labels}}", '{"org.x":"y"}'],
    ["{{.RepoDigests}}", "[a@sha256:1 b@sha256:1]"],
    ["{{.Config.Cmd}}", "<no value>"],
    ["{{len .RepoDigests}} digests", "2 digests"],
  ])("renders %s", (template, expected) => {
    expect(renderTemplate(template, IMAGE)).toBe(expected);
  });

  it("repeats nothing for an empty list", () => {
    expect(renderTemplate("{{range .RepoDigests}}x{{end}}y", { RepoDigests: [] })).toBe("y");
  });

  it.each([
    ["{{index .RepoDigests 5}}", "slice index out of range"],
    ["{{upper .Id}}", "function or action not known here: {{upper .Id}}"],
  ])("refuses %s", (template, message) => {
    expect(() => renderTemplate(template, IMAGE)).toThrow(message);
  });
});
