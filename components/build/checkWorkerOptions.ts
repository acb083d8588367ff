import { quote, type Violation } from "../core/violations";
import { checkProgram, fits, type TextRule } from "./optionRules";
import type { ReleaseOptions } from "./options";

const WORKER_NAME: TextRule = {
  pattern: /^[a-z](?:[a-z0-9-]{0,47}[a-z0-9])?$/,
  expected: "1-49 lower-case letters, digits or hyphens",
  rule: "release-worker-name",
};

/** Checks the workers: gcloud takes their words as a list, and knows no empty ones. */
export function checkWorkerOptions({ workers, reach }: ReleaseOptions): Violation[] {
  const jobs = reach.connectivity === "CloudRunJob" ? [reach.job, reach.rolesJob] : [];
  return workers.flatMap(({ name, command }, index): Violation[] => {
    const path = `workers[${index}]`;
    const earlier = workers.slice(0, index).map((other) => other.name);
    return [
      ...fits(`${path}.name`, name, WORKER_NAME),
      ...([...jobs, ...earlier].includes(name)
        ? [
            {
              path: `${path}.name`,
              expected: "a name that no other worker and no job of the migration has",
              got: quote(name),
              rule: "release-worker-name-taken" as const,
            },
          ]
        : []),
      ...checkProgram(`${path}.command`, command),
      ...checkWords(`${path}.command`, command),
    ];
  });
}

function checkWords(path: string, command: readonly string[]): Violation[] {
  return command.flatMap((word, index): Violation[] =>
    (word !== "" || index === 0) && !word.includes("\0")
      ? []
      : [
          {
            path: `${path}[${index}]`,
            expected: "a text that is not empty and has no NUL",
            got: quote(word),
            rule: "release-worker-argument",
          },
        ],
  );
}
