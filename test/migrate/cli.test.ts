import { afterAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../migrate/commands/index";
import { renderCliPage } from "./cliPage";
import { runCli } from "./support/cli";
import { THREE, createProject, removeProjects } from "./support/project";

afterAll(() => {
  removeProjects();
});

const run = (args: string[], env: Record<string, string> = {}): ReturnType<typeof runCli> =>
  runCli(args, { cwd: createProject(THREE).folder, env });

// `npm run docs` writes it anew.
it("is described on its page", async () => {
  await expect(renderCliPage(COMMANDS)).toMatchFileSnapshot("../../docs/cli.md");
});

describe("--help", () => {
  it.each(COMMANDS.map(({ name }) => name))(
    "of %s has its flags, and examples of how it is used",
    async (name) => {
      const { code, stdout } = await run([name, "--help"]);
      const command = COMMANDS.find((one) => one.name === name)!;
      expect(code).toBe(0);
      expect(command.examples.length).toBeGreaterThan(0);
      // Examples stand in two columns, which are wrapped.
      const words = new Set(stdout.split(/\s+/));
      for (const word of command.examples.flat().flatMap((text) => text.split(/\s+/))) {
        expect(words).toContain(word);
      }
      for (const flag of Object.keys(command.flags)) expect(stdout).toContain(`--${flag}`);
      expect(stdout).toContain("--json");
    },
  );
});

describe("completion", () => {
  it("is a script that a shell reads", async () => {
    const { code, stdout } = await run(["completion"], { SHELL: "/bin/bash" });
    expect(code).toBe(0);
    expect(stdout).toContain("complete -o bashdefault -o default -F");
  });

  it("knows commands and each one's flags", async () => {
    const ask = async (...words: string[]): Promise<string[]> =>
      (await run(["--get-yargs-completions", "cloud-run-migrations", ...words])).stdout.split("\n");
    expect(await ask("")).toEqual(expect.arrayContaining(COMMANDS.map(({ name }) => name)));
    expect(await ask("check", "--")).toEqual(
      expect.arrayContaining(["--base", "--sarif", "--json"]),
    );
  });
});

describe("colours", () => {
  // eslint-disable-next-line no-control-regex
  const COLOUR = /\u001b\[/;

  it("are left out where nobody's terminal is, and with NO_COLOR", async () => {
    expect((await run(["explain"])).stdout).not.toMatch(COLOUR);
    expect((await run(["explain"], { NO_COLOR: "1" })).stdout).not.toMatch(COLOUR);
  });

  it("are there when they are asked for, in columns as wide as without", async () => {
    const coloured = (await run(["explain"], { FORCE_COLOR: "1" })).stdout;
    expect(coloured).toMatch(COLOUR);
    const plain = (await run(["explain"])).stdout;
    expect(coloured.replaceAll(/\u001b\[\d+m/g, "")).toBe(plain); // eslint-disable-line no-control-regex
  });

  it("never get into a document", async () => {
    expect((await run(["check", "--json"], { FORCE_COLOR: "1" })).stdout).not.toMatch(COLOUR);
  });
});
