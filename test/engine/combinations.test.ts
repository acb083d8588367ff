import { describe, expect, it } from "vitest";
import { argsOf, EXISTING_ID, EXISTING_INSTANCE, fit } from "./support/chosenArgs";
import { combinations, FACTORS, type Choice, type Factor } from "./support/choices";
import { Engine } from "./support/engine";
import { changedNothing, holdsTogether, isGone, succeeded } from "./support/expectations";
import { figure } from "./support/figures";
import { otherProgram, tell } from "./support/programs";

const CHOICES = combinations(20, fit);

/** Where everything is; a change would make all of it again. */
const PLACE: Factor[] = ["preset", "project", "network", "apis"];

/** Changes that take nothing away, which is all that a protected environment allows in one step. */
const TAKING_NOTHING: Factor[] = ["promotion", "verify", "labels", "migrationImage"];

/** What a combination is changed to: as much of the next one as may change. */
function changed(choice: Choice, next: Choice): Choice {
  const keeps = (factor: Factor): boolean =>
    choice.preset === "Production" ? !TAKING_NOTHING.includes(factor) : PLACE.includes(factor);
  const kept = Object.fromEntries(
    Object.entries(choice).filter(([factor]) => keeps(factor as Factor)),
  );
  return fit({ ...next, ...kept });
}

it("the combinations meet every value of every factor", () => {
  const missing = Object.entries(FACTORS).flatMap(([factor, values]) =>
    values.filter((value) => !CHOICES.some((choice) => choice[factor as Factor] === value)),
  );
  expect(missing).toEqual([]);
});

describe.each(CHOICES.map((choice, index) => ({ index, choice })))(
  "combination $index: $choice",
  ({ index, choice }) => {
    it("goes through up, change and destroy", async () => {
      const later = changed(choice, CHOICES[(index + 1) % CHOICES.length]!);
      const engine = await Engine.open(otherProgram({ args: argsOf(choice) }));
      try {
        engine.cloud.put(EXISTING_ID, EXISTING_INSTANCE);
        const up = await engine.run("up");
        succeeded(up);
        await holdsTogether(engine);
        figure(`combination ${index}`, "up", up);

        tell(engine.project, { args: argsOf(later) });
        succeeded(await engine.run("up"));
        await holdsTogether(engine);
        changedNothing(await engine.run("up", { refresh: true }));

        if (choice.preset === "Production") {
          expect((await engine.run("destroy")).calls).toEqual([]);
          const { database, ...rest } = argsOf(later);
          tell(engine.project, {
            args: { ...rest, database: { ...database, deletionProtection: false } },
          });
          succeeded(await engine.run("up"));
        }
        succeeded(await engine.run("destroy"));
        await isGone(engine, [EXISTING_ID]);
      } finally {
        engine.close();
      }
    });
  },
);
