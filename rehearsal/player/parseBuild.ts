import { parseDocument } from "yaml";
import { type Build, DocumentError, type Step, type Volume } from "./build";
import { checkBuild } from "./checkBuild";
import { Reader } from "./reader";

// https://cloud.google.com/build/docs/build-config-file-schema
const BUILD_FIELDS = [
  "artifacts",
  "availableSecrets",
  "dependencies",
  "gitConfig",
  "images",
  "logsBucket",
  "options",
  "queueTtl",
  "secrets",
  "serviceAccount",
  "source",
  "steps",
  "substitutions",
  "tags",
  "timeout",
];

const STEP_FIELDS = [
  "allowExitCodes",
  "allowFailure",
  "args",
  "automapSubstitutions",
  "dir",
  "entrypoint",
  "env",
  "id",
  "name",
  "script",
  "secretEnv",
  "timeout",
  "volumes",
  "waitFor",
];

const OPTION_FIELDS = [
  "automapSubstitutions",
  "defaultLogsBucketBehavior",
  "diskSizeGb",
  "dynamicSubstitutions",
  "enableStructuredLogging",
  "env",
  "logStreamingOption",
  "logging",
  "machineType",
  "pool",
  "pubsubTopic",
  "requestedVerifyOption",
  "secretEnv",
  "sourceProvenanceHash",
  "substitutionOption",
  "volumes",
  "workerPool",
];

/** Cloud Build's own limit where a document names none. */
const DEFAULT_TIMEOUT_MS = 3_600_000;

/** Reads a document; throws a DocumentError with everything that Cloud Build would refuse. */
export function parseBuild(text: string): Build {
  const document = parseDocument(text);
  if (document.errors.length > 0) {
    throw new DocumentError(
      document.errors.map(({ message, linePos }) => ({
        path: linePos === undefined ? "document" : `line ${linePos[0].line}`,
        message: message.split("\n")[0] ?? message,
      })),
    );
  }
  const reader = new Reader();
  const build = readBuild(reader, document.toJS());
  if (reader.problems.length > 0) throw new DocumentError(reader.problems);
  return build;
}

function readBuild(reader: Reader, value: unknown): Build {
  if (value === null || value === undefined) reader.report("document", "a build", undefined);
  const fields = reader.fields("", value, BUILD_FIELDS);
  const options = reader.fields("options", fields.options, OPTION_FIELDS);
  const steps = reader.list("steps", fields.steps);
  const build: Build = {
    steps: steps.map((step, index) => readStep(reader, `steps[${index}]`, step, index)),
    images: reader.texts("images", fields.images),
    tags: reader.texts("tags", fields.tags),
    substitutions: reader.map("substitutions", fields.substitutions),
    secrets: readSecrets(reader, fields.availableSecrets),
    env: reader.texts("options.env", options.env),
    secretEnv: reader.texts("options.secretEnv", options.secretEnv),
    volumes: readVolumes(reader, "options.volumes", options.volumes),
    automapSubstitutions: reader.flag("options.automapSubstitutions", options.automapSubstitutions),
    timeoutMs: reader.duration("timeout", fields.timeout) ?? DEFAULT_TIMEOUT_MS,
    workerPool: readPool(reader, options),
  };
  reader.duration("queueTtl", fields.queueTtl);
  if (steps.length === 0) reader.report("steps", "at least one step", fields.steps);
  checkAccount(reader, fields, options);
  checkUnsupported(reader, fields, options);
  checkBuild(reader, build);
  return build;
}

function readStep(reader: Reader, path: string, value: unknown, index: number): Step {
  const fields = reader.fields(path, value, STEP_FIELDS);
  const name = reader.text(`${path}.name`, fields.name);
  if (name === "") reader.report(`${path}.name`, "an image", fields.name);
  const optional = (field: string): string | null =>
    fields[field] === undefined ? null : reader.text(`${path}.${field}`, fields[field]);
  const script = optional("script");
  for (const other of ["args", "entrypoint"]) {
    if (script === null || fields[other] === undefined) continue;
    reader.report(`${path}.script`, `no ${other} beside it`, fields[other]);
  }
  const codes = reader.list(`${path}.allowExitCodes`, fields.allowExitCodes);
  codes.forEach((code, at) => {
    if (typeof code !== "number") reader.report(`${path}.allowExitCodes[${at}]`, "a number", code);
  });
  const waitFor = reader.texts(`${path}.waitFor`, fields.waitFor);
  return {
    id: optional("id") ?? `Step #${index}`,
    name,
    entrypoint: optional("entrypoint"),
    args: reader.texts(`${path}.args`, fields.args),
    script,
    env: reader.texts(`${path}.env`, fields.env),
    secretEnv: reader.texts(`${path}.secretEnv`, fields.secretEnv),
    dir: optional("dir") ?? "",
    waitFor: waitFor.length === 0 ? null : waitFor,
    timeoutMs: reader.duration(`${path}.timeout`, fields.timeout),
    volumes: readVolumes(reader, `${path}.volumes`, fields.volumes),
    allowFailure: reader.flag(`${path}.allowFailure`, fields.allowFailure),
    allowExitCodes: codes.filter((code) => typeof code === "number"),
    automapSubstitutions: reader.flag(`${path}.automapSubstitutions`, fields.automapSubstitutions),
  };
}

/** `options.pool.name`, or `options.workerPool` as it is called in builds of before. */
function readPool(reader: Reader, options: Record<string, unknown>): string | null {
  const { name } = reader.fields("options.pool", options.pool, ["name"]);
  const [path, value] =
    name === undefined ? ["options.workerPool", options.workerPool] : ["options.pool.name", name];
  if (value === undefined) return null;
  const pool = reader.text(path, value);
  if (name !== undefined && options.workerPool !== undefined) {
    reader.report("options.workerPool", "no pool beside it", options.workerPool);
  }
  if (!/^projects\/[^/]+\/locations\/[^/]+\/workerPools\/[^/]+$/.test(pool)) {
    reader.report(path, "projects/PROJECT/locations/REGION/workerPools/POOL", value);
  }
  return pool;
}

function readVolumes(reader: Reader, path: string, value: unknown): Volume[] {
  return reader.list(path, value).map((volume, index) => {
    const place = `${path}[${index}]`;
    const fields = reader.fields(place, volume, ["name", "path"]);
    return {
      name: reader.text(`${place}.name`, fields.name),
      path: reader.text(`${place}.path`, fields.path),
    };
  });
}

function readSecrets(reader: Reader, value: unknown): Map<string, string> {
  const fields = reader.fields("availableSecrets", value, ["secretManager", "inline"]);
  if (fields.inline !== undefined) {
    reader.report(
      "availableSecrets.inline",
      "secretManager, for Cloud KMS is not known here",
      fields.inline,
    );
  }
  const secrets = new Map<string, string>();
  reader.list("availableSecrets.secretManager", fields.secretManager).forEach((secret, index) => {
    const path = `availableSecrets.secretManager[${index}]`;
    const entry = reader.fields(path, secret, ["versionName", "env"]);
    const name = reader.text(`${path}.env`, entry.env);
    const version = reader.text(`${path}.versionName`, entry.versionName);
    if (!/^projects\/[^/]+\/secrets\/[^/]+\/versions\/[^/]+$/.test(version)) {
      const expected = "projects/PROJECT/secrets/SECRET/versions/VERSION";
      reader.report(`${path}.versionName`, expected, entry.versionName);
    }
    if (secrets.has(name)) reader.report(`${path}.env`, "a name used once", name);
    secrets.set(name, version);
  });
  return secrets;
}

/** Cloud Build asks for it, as soon as the account is one's own. */
function checkAccount(
  reader: Reader,
  fields: Record<string, unknown>,
  options: Record<string, unknown>,
): void {
  const { serviceAccount, logsBucket } = fields;
  if (serviceAccount === undefined || logsBucket !== undefined) return;
  if (options.defaultLogsBucketBehavior === "REGIONAL_USER_OWNED_BUCKET") return;
  const { logging } = options;
  if (logging === "CLOUD_LOGGING_ONLY" || logging === "NONE") return;
  reader.report(
    "options.logging",
    "CLOUD_LOGGING_ONLY or NONE, because serviceAccount is given",
    logging,
  );
}

/** What is legal, and not played here: better an error than another behaviour. */
function checkUnsupported(
  reader: Reader,
  fields: Record<string, unknown>,
  options: Record<string, unknown>,
): void {
  for (const name of ["artifacts", "dependencies", "secrets", "gitConfig"]) {
    if (fields[name] !== undefined) {
      reader.problems.push({ path: name, message: "this field is not played here; leave it out" });
    }
  }
  if (options.dynamicSubstitutions === true) {
    reader.report("options.dynamicSubstitutions", "false or nothing, it is not played here", true);
  }
  const { substitutionOption } = options;
  if (substitutionOption !== undefined && substitutionOption !== "ALLOW_LOOSE") {
    reader.report(
      "options.substitutionOption",
      "ALLOW_LOOSE or nothing, as every build of a trigger has it",
      substitutionOption,
    );
  }
}
