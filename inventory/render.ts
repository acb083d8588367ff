import {
  Connectivity,
  formatDocument,
  Login,
  parseDocument,
  Promotion,
  type BuildDocument,
  type MigratedServiceArgs,
} from "../components";
import { readArgsFile } from "./argsFile";
import { InvalidArguments, parseCommandLine, type Flags } from "./commandLine";
import type { Inventory } from "./evaluate";
import { evaluateService, evaluateStack } from "./evaluateStack";
import { SEED_ARGS, SEED_NAME } from "./seedArgs";
import { reveal } from "./secretValue";

const FLAGS: Flags = {
  connectivity: {
    type: "string",
    describe: "Where the migrations run",
    choices: Object.values(Connectivity),
  },
  auth: {
    type: "string",
    describe: "How the migrator logs in to the database",
    choices: Object.values(Login),
  },
  promotion: {
    type: "string",
    describe: "When a new revision receives traffic",
    choices: Object.values(Promotion),
  },
  command: {
    type: "string",
    describe: "Command in node-pg-migrate's place, as words or as a JSON list",
  },
  seed: { type: "boolean", describe: "The pipeline that the project started from" },
  args: { type: "string", describe: "JSON or YAML file with the arguments of a MigratedService" },
  format: { type: "string", describe: "Form of the document", choices: ["yaml", "json"] },
};

/** Text of `npm run render`: the document that the trigger runs, by default the stack `dev`'s. */
export async function render(words: readonly string[]): Promise<string> {
  const { values, help } = await parseCommandLine("render", FLAGS, words);
  if (help !== undefined) return help;
  const choices = readChoices(values);
  const { outputs } = await evaluateChoices(choices);
  const text = reveal(outputs["cloudBuildYaml"]) as string;
  if (values["format"] !== "json") return text;
  return formatDocument(parseDocument(text) as BuildDocument, "json");
}

interface Choices {
  args: MigratedServiceArgs | undefined;
  name: string;
  connectivity: Connectivity | undefined;
  login: Login | undefined;
  promotion: Promotion | undefined;
  command: string[] | undefined;
}

function readChoices(values: Record<string, unknown>): Choices {
  const isSeed = values["seed"] === true;
  const file = values["args"] as string | undefined;
  if (isSeed && file !== undefined) {
    throw new InvalidArguments([
      { path: "--seed", expected: "--seed or --args", got: "both", remedy: "leave one out" },
    ]);
  }
  const command = values["command"] as string | undefined;
  const fromFile = file === undefined ? undefined : readArgsFile(file);
  return {
    args: isSeed ? SEED_ARGS : fromFile,
    name: isSeed ? SEED_NAME : "shop",
    connectivity: values["connectivity"] as Connectivity | undefined,
    login: values["auth"] as Login | undefined,
    promotion: values["promotion"] as Promotion | undefined,
    command: command === undefined ? undefined : parseWords(command),
  };
}

/** `alembic upgrade head` or `["alembic", "upgrade", "head"]`. A shell's quotes are not read. */
function parseWords(command: string): string[] {
  const words: unknown = command.trim().startsWith("[") ? parseJson(command) : command.split(/\s+/);
  const areTexts = Array.isArray(words) && words.every((word) => typeof word === "string");
  const kept = areTexts ? words.filter((word) => word !== "") : [];
  if (kept.length > 0 && !kept.some((word) => /^["']/.test(word))) return kept;
  throw new InvalidArguments([
    {
      path: "--command",
      expected: "words without quotes, or a JSON list of texts",
      got: JSON.stringify(command),
    },
  ]);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function evaluateChoices(choices: Choices): Promise<Inventory> {
  const { args, name } = choices;
  if (args === undefined) {
    return evaluateStack({ stack: "dev", config: stackConfig(choices) });
  }
  return evaluateService(withChoices(args, choices), { name });
}

function stackConfig({ connectivity, login, promotion, command }: Choices): Record<string, string> {
  const chosen = {
    connectivity,
    publicIp: connectivity && String(connectivity === Connectivity.BuildStep),
    login,
    promotion,
    migrationCommand: command && JSON.stringify(command),
  };
  return Object.fromEntries(
    Object.entries(chosen).flatMap(([key, value]) =>
      value === undefined ? [] : [[`cloud-run-migrations:${key}`, value]],
    ),
  );
}

/**
 * Flags win over the file. What is no group is left for the component to refuse, and what address
 * an existing instance has is not ours to say.
 */
function withChoices(
  args: MigratedServiceArgs,
  { connectivity, login, promotion, command }: Choices,
): MigratedServiceArgs {
  const isOwn = args.database?.existingInstance === undefined;
  const isPublic = connectivity === Connectivity.BuildStep && isOwn;
  return {
    ...args,
    ...(isPublic && { network: { ...args.network, publicIp: true } }),
    ...(login !== undefined && { database: { ...args.database, login } }),
    ...(promotion !== undefined && { release: { ...args.release, promotion } }),
    ...((connectivity !== undefined || command !== undefined) && {
      migration: {
        ...args.migration,
        ...(connectivity !== undefined && { connectivity }),
        ...(command !== undefined && { command }),
      },
    }),
  };
}
