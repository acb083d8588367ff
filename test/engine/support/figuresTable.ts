import type { Figure } from "./figureFile";

/** Facts about a whole run of the suite. */
export interface SuiteFacts {
  date: string;
  engine: string;
  node: string;
  tests: number;
  minutes: number;
}

const BEGIN = "<!-- figures: written by UPDATE=1 npm run test:engine -->";
const END = "<!-- end of figures -->";

/** The page with new figures in place of the old ones. */
export function withFigures(page: string, figures: readonly Figure[], facts: SuiteFacts): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`expected ${BEGIN} … ${END} in the page`);
  const text = `${BEGIN}\n\n${describeFigures(figures, facts)}\n\n`;
  return page.slice(0, begin) + text + page.slice(end);
}

export function describeFigures(figures: readonly Figure[], facts: SuiteFacts): string {
  const isCombination = ({ subject }: Figure): boolean => subject.startsWith("combination");
  const rows = figures
    .filter((figure) => !isCombination(figure))
    .map(
      ({ subject, command, resources, calls, seconds }) =>
        `| \`${subject}\` | ${command} | ${resources} | ${calls} | ${seconds.toFixed(1)} |`,
    )
    .sort();
  const made = figures.filter(isCombination).map(({ resources }) => resources);
  return [
    `${facts.date}: ${facts.tests} tests passed in ${facts.minutes} minutes, with Pulumi ${facts.engine} and`,
    `Node.js ${facts.node}. The ${made.length} combinations made between ${Math.min(...made)} and ${Math.max(...made)} resources.`,
    "",
    "| stack | command | resources changed | calls to the provider | seconds |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}
