import { type Proof, type Snippet, type Trial, isProof } from "../snippet";

/** What a snippet was seen to do, in words. */
export function describeProof({ proof }: Snippet): string {
  if (!isProof(proof)) return `not shown: ${proof.because}`;
  const { locks = {}, rewrites = [], reads = [], writes = [], holdsUp = {}, fails, again } = proof;
  const { breaks = {}, endsTransaction, trial } = proof;
  // What is written anew is read for it.
  const onlyRead = reads.filter((table) => ![...rewrites, ...writes].includes(table));
  const parts = [
    ...Object.entries(locks).map(([table, mode]) => `${mode} on ${table}`),
    ...(rewrites.length > 0 ? [`writes ${rewrites.join(", ")} anew`] : []),
    ...(onlyRead.length > 0 ? [`reads all of ${onlyRead.join(", ")}`] : []),
    ...(writes.length > 0 ? [`changes more than 10,000 rows of ${writes.join(", ")}`] : []),
    ...Object.entries(holdsUp).map(([table, who]) => `${who} of ${table} wait meanwhile`),
    ...(fails === undefined ? [] : [`fails with ${fails}`]),
    ...(endsTransaction === undefined ? [] : ["what it did stays when a later file fails"]),
    ...(again === undefined
      ? []
      : [`run again after its last step has failed, it fails with ${again}`]),
    ...(Object.keys(breaks).length > 0 ? [describeBreaks(breaks)] : []),
    ...(trial === undefined ? [] : [describeTrial(trial)]),
  ];
  return parts.join("; ") || "no lock on what was there";
}

function describeBreaks(breaks: NonNullable<Proof["breaks"]>): string {
  const all = Object.entries(breaks).map(([query, answer]) => {
    const isFailure = /^[0-9A-Z]{5}$/.test(answer);
    const isSlow = answer.endsWith("whole");
    return `“${query}” ${isFailure ? `fails with ${answer}` : isSlow ? "reads a table whole" : `answers ${answer}`}`;
  });
  const shown = all.slice(0, 3);
  const more = all.length - shown.length;
  return `then ${shown.join(", ")}${more > 0 ? `, and ${more} more queries differ` : ""}`;
}

function describeTrial(trial: Trial): string {
  switch (trial.kind) {
    case "query":
      return `then \`${trial.sql}\` gives ${trial.gives}`;
    case "transaction":
      return `beside a transaction of the service that uses the tables in the other order: ${trial.gives}`;
    case "cancel": {
      const isFailure = /^[0-9A-Z]{5}$/.test(trial.gives);
      return `cancelled and run again, it ${isFailure ? `fails with ${trial.gives}` : `leaves ${trial.gives}`}`;
    }
  }
}
