import type { Build, Step, Volume } from "./build";
import type { Reader } from "./reader";

/** The rules of Cloud Build that concern more than one field. */
export function checkBuild(reader: Reader, build: Build): void {
  checkIds(reader, build.steps);
  build.steps.forEach((step, index) => {
    const path = `steps[${index}]`;
    checkEnv(reader, `${path}.env`, step.env);
    checkSecretEnv(reader, `${path}.secretEnv`, step.secretEnv, build);
    checkMounts(reader, `${path}.volumes`, [...build.volumes, ...step.volumes]);
    if (step.timeoutMs !== null && step.timeoutMs > build.timeoutMs) {
      const limit = `at most the build's timeout, ${build.timeoutMs / 1000}s`;
      reader.report(`${path}.timeout`, limit, `${step.timeoutMs / 1000}s`);
    }
  });
  checkEnv(reader, "options.env", build.env);
  checkSecretEnv(reader, "options.secretEnv", build.secretEnv, build);
  checkVolumesShared(reader, build);
  for (const name of Object.keys(build.substitutions)) {
    if (/^_[A-Z0-9_]+$/.test(name)) continue;
    reader.report(`substitutions.${name}`, "a name of _, A-Z and 0-9 that begins with _", name);
  }
}

function checkIds(reader: Reader, steps: readonly Step[]): void {
  const seen = new Set<string>();
  steps.forEach((step, index) => {
    const path = `steps[${index}]`;
    if (seen.has(step.id)) reader.report(`${path}.id`, "an ID used once", step.id);
    (step.waitFor ?? []).forEach((id, at) => {
      if (id === "-" || seen.has(id)) return;
      const exists = steps.some((other) => other.id === id);
      const remedy = exists ? "that step comes later; put it before this one" : undefined;
      const before = [...seen].join(", ") || "none";
      reader.report(`${path}.waitFor[${at}]`, `"-" or an earlier step (${before})`, id, remedy);
    });
    seen.add(step.id);
  });
}

function checkEnv(reader: Reader, path: string, env: readonly string[]): void {
  env.forEach((pair, index) => {
    if (!/^[^=]+=/.test(pair)) reader.report(`${path}[${index}]`, "NAME=value", pair);
  });
}

function checkSecretEnv(
  reader: Reader,
  path: string,
  names: readonly string[],
  { secrets }: Build,
): void {
  names.forEach((name, index) => {
    if (secrets.has(name)) return;
    const known = [...secrets.keys()].join(", ") || "none";
    reader.report(`${path}[${index}]`, `a name out of availableSecrets (${known})`, name);
  });
}

const RESERVED = ["/workspace", "/builder/home", "/var/run/docker.sock"];

function checkMounts(reader: Reader, path: string, volumes: readonly Volume[]): void {
  const [names, paths] = [new Set<string>(), new Set<string>()];
  volumes.forEach((volume, index) => {
    const place = `${path}[${index}]`;
    if (!/^\w[\w.-]*$/.test(volume.name))
      reader.report(`${place}.name`, "a volume's name", volume.name);
    if (names.has(volume.name))
      reader.report(`${place}.name`, "a volume mounted once", volume.name);
    if (!volume.path.startsWith("/") || RESERVED.includes(volume.path) || paths.has(volume.path)) {
      reader.report(`${place}.path`, "an absolute path of its own", volume.path);
    }
    names.add(volume.name);
    paths.add(volume.path);
  });
}

/** A volume is there to pass files on: Cloud Build refuses one of a single step. */
function checkVolumesShared(reader: Reader, build: Build): void {
  const uses = new Map<string, string[]>();
  build.steps.forEach((step, index) => {
    step.volumes.forEach(({ name }, at) => {
      uses.set(name, [...(uses.get(name) ?? []), `steps[${index}].volumes[${at}].name`]);
    });
  });
  for (const [name, [first, ...others]] of uses) {
    if (first === undefined || others.length > 0) continue;
    reader.report(first, "a volume that at least two steps use", name);
  }
}
