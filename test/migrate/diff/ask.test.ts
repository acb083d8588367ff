import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { askAbout } from "../../../migrate/diff/ask";
import { InterruptedError } from "../../../migrate/interrupt";

function terminal(): { input: PassThrough; output: PassThrough; said: () => string } {
  const output = new PassThrough();
  let text = "";
  output.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return { input: new PassThrough(), output, said: () => text };
}

describe("askAbout", () => {
  it("takes yes for a rename, and everything else for none", async () => {
    const { input, output, said } = terminal();
    const asked = askAbout(["a.b=c", "d=e", "f=g"], new AbortController().signal, {
      input,
      output,
    });
    for (const answer of ["y", "", "YES"]) {
      await new Promise((done) => setImmediate(done));
      input.write(`${answer}\n`);
    }
    expect(await asked).toEqual(["a.b=c", "f=g"]);
    expect(said()).toContain(
      "is a.b renamed to c? Its content stays then; else it is dropped [y/N] ",
    );
  });

  it("ends at a signal", async () => {
    const { input, output } = terminal();
    const controller = new AbortController();
    const asked = askAbout(["a=b"], controller.signal, { input, output });
    controller.abort(new InterruptedError("SIGINT"));
    await expect(asked).rejects.toThrow("interrupted by SIGINT");
  });
});
