import { describe, expect, it } from "vitest";
import { DocumentError, parseBuild } from "../../../rehearsal/player";

function problems(text: string): string[] {
  try {
    parseBuild(text);
  } catch (error) {
    if (error instanceof DocumentError)
      return error.message
        .split("\n")
        .slice(1)
        .map((line) => line.trim());
    throw error;
  }
  return [];
}

const POOL = "projects/p/locations/r/workerPools/w";

describe("parseBuild", () => {
  it("reads a whole document", () => {
    const build = parseBuild(`
steps:
- name: gcr.io/cloud-builders/docker
  args: [build, .]
- id: b
  name: x
  script: echo
  waitFor: ['-']
  timeout: 1.5s
  env: [A=b=c]
  secretEnv: [S]
  allowExitCodes: [3]
options: {env: [X=], logging: CLOUD_LOGGING_ONLY}
availableSecrets:
  secretManager: [{versionName: projects/$PROJECT_ID/secrets/s/versions/latest, env: S}]
images: [i]
timeout: 60s
`);
    expect(build.steps.map(({ id, waitFor, timeoutMs }) => [id, waitFor, timeoutMs])).toEqual([
      ["Step #0", null, null],
      ["b", ["-"], 1500],
    ]);
    expect(build.steps[1]).toMatchObject({ env: ["A=b=c"], allowExitCodes: [3], script: "echo" });
    expect([...build.secrets]).toEqual([["S", "projects/$PROJECT_ID/secrets/s/versions/latest"]]);
    expect([build.timeoutMs, build.env, build.images]).toEqual([60_000, ["X="], ["i"]]);
  });

  it("knows the private pool of a build", () => {
    const read = (options: object): string | null =>
      parseBuild(JSON.stringify({ steps: [{ name: "x" }], options })).workerPool;
    expect(read({})).toBeNull();
    expect(read({ workerPool: POOL })).toBe(POOL);
    expect(read({ pool: { name: POOL } })).toBe(POOL);
  });

  it("reads JSON, and takes Cloud Build's own limit", () => {
    expect(parseBuild('{"steps":[{"name":"x"}]}').timeoutMs).toBe(3_600_000);
  });

  it.each<[string, string[]]>([
    [
      "",
      ["document: expected a build, got nothing", "steps: expected at least one step, got nothing"],
    ],
    ["steps: []", ["steps: expected at least one step, got []"]],
    ["steps: x", ['steps: expected a list, got "x"', 'steps: expected at least one step, got "x"']],
    ["steps: [{name: ''}]", ['steps[0].name: expected an image, got ""']],
    [
      "steps: [{name: x, args: [-p, 8080]}]",
      ["steps[0].args[1]: expected text, got 8080; put it in quotes"],
    ],
    ["steps: [{name: x, env: [NAME]}]", ['steps[0].env[0]: expected NAME=value, got "NAME"']],
    [
      "steps: [{name: x, timeout: 10m}]",
      ['steps[0].timeout: expected a duration such as "600s", got "10m"'],
    ],
    [
      "timeout: 60s\nsteps: [{name: x, timeout: 61s}]",
      ['steps[0].timeout: expected at most the build\'s timeout, 60s, got "61s"'],
    ],
    [
      "steps: [{name: x, script: a, args: [b], entrypoint: c}]",
      [
        'steps[0].script: expected no args beside it, got ["b"]',
        'steps[0].script: expected no entrypoint beside it, got "c"',
      ],
    ],
    [
      "steps: [{name: x, id: a}, {name: x, id: a}]",
      ['steps[1].id: expected an ID used once, got "a"'],
    ],
    [
      "steps: [{name: x, id: a, waitFor: [b]}, {name: x, id: b, waitFor: [c]}]",
      [
        'steps[0].waitFor[0]: expected "-" or an earlier step (none), got "b"; that step comes later; put it before this one',
        'steps[1].waitFor[0]: expected "-" or an earlier step (a), got "c"',
      ],
    ],
    [
      "steps: [{name: x, secretEnv: [A]}]",
      ['steps[0].secretEnv[0]: expected a name out of availableSecrets (none), got "A"'],
    ],
    [
      "steps: [{name: x, volumes: [{name: v, path: /v}]}]",
      ['steps[0].volumes[0].name: expected a volume that at least two steps use, got "v"'],
    ],
    [
      "steps: [{name: x, volumes: [{name: v, path: /workspace}, {name: v, path: v}]}]",
      [
        'steps[0].volumes[0].path: expected an absolute path of its own, got "/workspace"',
        'steps[0].volumes[1].name: expected a volume mounted once, got "v"',
        'steps[0].volumes[1].path: expected an absolute path of its own, got "v"',
      ],
    ],
    [
      "serviceAccount: projects/p/serviceAccounts/a\nsteps: [{name: x}]",
      [
        "options.logging: expected CLOUD_LOGGING_ONLY or NONE, because serviceAccount is given, got nothing",
      ],
    ],
    [
      "substitutions: {NAME: x}\nsteps: [{name: x}]",
      ['substitutions.NAME: expected a name of _, A-Z and 0-9 that begins with _, got "NAME"'],
    ],
    [
      "availableSecrets: {secretManager: [{versionName: s/1, env: A}]}\nsteps: [{name: x}]",
      [
        'availableSecrets.secretManager[0].versionName: expected projects/PROJECT/secrets/SECRET/versions/VERSION, got "s/1"',
      ],
    ],
    [
      "options: {dynamicSubstitutions: true, substitutionOption: MUST_MATCH}\nsteps: [{name: x}]",
      [
        "options.dynamicSubstitutions: expected false or nothing, it is not played here, got true",
        'options.substitutionOption: expected ALLOW_LOOSE or nothing, as every build of a trigger has it, got "MUST_MATCH"',
      ],
    ],
    [
      "options: {workerPool: pool}\nsteps: [{name: x}]",
      [
        'options.workerPool: expected projects/PROJECT/locations/REGION/workerPools/POOL, got "pool"',
      ],
    ],
    [
      `options: {workerPool: ${POOL}, pool: {name: ${POOL}, size: 1}}\nsteps: [{name: x}]`,
      [
        'options.pool.size: expected a field of Cloud Build (name), got "size"',
        `options.workerPool: expected no pool beside it, got "${POOL}"`,
      ],
    ],
    [
      "artifacts: {objects: {}}\nsteps: [{name: x}]",
      ["artifacts: this field is not played here; leave it out"],
    ],
  ])("refuses %j", (text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  it("refuses fields that Cloud Build does not have, at any depth", () => {
    const text =
      "step: 1\noptions: {machine: x}\nsteps: [{name: x, wait_for: [a], volumes: [{name: v, path: /v, size: 1}]}]";
    expect(problems(text).map((line) => line.split(":")[0])).toEqual([
      "step",
      "options.machine",
      "steps[0].wait_for",
      "steps[0].volumes[0].size",
      "steps[0].volumes[0].name",
    ]);
  });

  it("names the line of what is no YAML", () => {
    expect(problems("steps:\n- name: x\n  args: [a\n")[0]).toMatch(/^line 4: /);
  });
});
