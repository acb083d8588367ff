import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Shadow, withShadow } from "../../../migrate/shadow/withShadow";
import agreed from "./agreed.json";
import own from "./own.json";
import { toPage } from "./page";
import { type Scenario, type ScenarioOutcome, tryScenario } from "./tryScenario";

let shadow: Shadow;
let close: () => void;
let closed: Promise<void>;

beforeAll(async () => {
  const roles = { role: "app_owner", runtimeRole: null, otherRoles: ["app_r"] };
  const context = { signal: new AbortController().signal, progress: (): void => undefined };
  await new Promise<void>((opened) => {
    closed = withShadow({ url: null, ...roles }, context, (made) => {
      shadow = made;
      opened();
      return new Promise<void>((done) => {
        close = done;
      });
    });
  });
});
afterAll(async () => {
  close();
  await closed;
});

/** What the engine and we do not know: it has to be listed. */
const NOT_EXPRESSED = new Map([
  ["text_search_configuration", ["+ object text search configuration public.mine"]],
]);

const outcomes = new Map<string, ScenarioOutcome>();

describe.each([
  ["agreed", agreed as Scenario[]],
  ["own", own as Scenario[]],
])("the %s scenarios", (_, scenarios) => {
  it.each(scenarios.map((scenario): [string, Scenario] => [scenario.name, scenario]))(
    "%s",
    async (name, scenario) => {
      const outcome = await tryScenario(shadow, scenario);
      outcomes.set(name, outcome);
      const listed = NOT_EXPRESSED.get(name) ?? [];
      expect(outcome).toMatchObject({
        ...{ failure: null, listed, isReached: listed.length === 0, isStable: true },
        keepsRows: scenario.dataCheck === null ? null : true,
      });
    },
  );
});

it("are told in the page", async () => {
  const results = (scenarios: Scenario[]): [Scenario, ScenarioOutcome][] =>
    scenarios.map((scenario) => {
      const outcome = outcomes.get(scenario.name);
      if (outcome === undefined) throw new Error(`${scenario.name} was not tried`);
      return [scenario, outcome];
    });
  const page = toPage(results(agreed), results(own));
  await expect(page).toMatchFileSnapshot("../../../docs/autogenerate.md");
});
