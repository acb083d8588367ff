/** What can be chosen about an environment; one value of each makes a combination. */
export const FACTORS = {
  connectivity: ["CloudRunJob", "BuildStep", "PrivatePool"],
  login: ["Password", "Iam"],
  command: ["none", "given"],
  database: ["own", "existing"],
  access: ["Sidecar", "Direct"],
  workers: ["none", "pool", "both"],
  source: ["github", "repository", "developerConnect"],
  promotion: ["AfterProbe", "Immediately", "Manual"],
  verify: ["none", "given"],
  preset: ["Development", "Production"],
  accounts: ["own", "existing"],
  images: ["own", "existing"],
  pool: ["own", "existing"],
  secrets: ["none", "own", "existing"],
  connectionSecrets: ["no", "yes"],
  network: ["own", "existing"],
  project: ["provider's", "other"],
  labels: ["none", "some"],
  backupBefore: ["default", "yes", "no"],
  migrationImage: ["same", "own"],
  apis: ["enabled", "left"],
  shape: ["defaults", "small", "large"],
} as const;

export type Factor = keyof typeof FACTORS;

/** One value of each factor. */
export type Choice = { [F in Factor]: (typeof FACTORS)[F][number] };

/**
 * Combinations in which as many pairs of values as possible are met, greedily and always the same
 * ones. A hundred tries each; `fit` makes a combination one that is allowed.
 */
export function combinations(count: number, fit: (choice: Choice) => Choice): Choice[] {
  const random = generator(20_261_122);
  const met = new Set<string>();
  return Array.from({ length: count }, () => {
    const tries = Array.from({ length: 100 }, () => fit(randomChoice(random)));
    const gain = (choice: Choice): number =>
      pairsOf(choice).filter((pair) => !met.has(pair)).length;
    const best = tries.reduce((left, right) => (gain(right) > gain(left) ? right : left));
    for (const pair of pairsOf(best)) met.add(pair);
    return best;
  });
}

/** Every pair of values that a combination has. */
export function pairsOf(choice: Choice): string[] {
  const values = Object.entries(choice).map(([factor, value]) => `${factor}=${value}`);
  return values.flatMap((one, at) => values.slice(at + 1).map((other) => `${one} ${other}`));
}

function randomChoice(random: () => number): Choice {
  const entries = Object.entries(FACTORS).map(([factor, values]) => [
    factor,
    values[Math.floor(random() * values.length)],
  ]);
  return Object.fromEntries(entries) as Choice;
}

/** Numbers from 0 to 1 that follow from a seed: a linear congruential generator. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}
