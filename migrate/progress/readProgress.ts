import type { ClientBase } from "pg";

/** How far a long command is, by the server's own word. */
export interface CommandProgress {
  /** `builds an index on public.orders` */
  what: string;
  phase: string;
  done: number;
  total: number;
  unit: "blocks" | "rows" | "bytes";
}

interface View {
  name: string;
  what: string;
  /** Counters in the order in which they count: the first whose total is known is told. */
  counters: readonly (readonly [done: string, total: string, unit: CommandProgress["unit"]])[];
}

// https://www.postgresql.org/docs/18/progress-reporting.html
const VIEWS: readonly View[] = [
  {
    name: "pg_stat_progress_create_index",
    what: "builds an index on",
    counters: [
      ["tuples_done", "tuples_total", "rows"],
      ["blocks_done", "blocks_total", "blocks"],
    ],
  },
  {
    name: "pg_stat_progress_cluster",
    what: "writes anew",
    counters: [["heap_blks_scanned", "heap_blks_total", "blocks"]],
  },
  {
    name: "pg_stat_progress_vacuum",
    what: "vacuums",
    counters: [["heap_blks_scanned", "heap_blks_total", "blocks"]],
  },
  {
    name: "pg_stat_progress_analyze",
    what: "analyzes",
    counters: [["sample_blks_scanned", "sample_blks_total", "blocks"]],
  },
  {
    name: "pg_stat_progress_copy",
    what: "copies",
    counters: [["bytes_processed", "bytes_total", "bytes"]],
  },
];

/** What a session reports of its command; null when it reports nothing, as most commands do. */
export async function readProgress(
  client: ClientBase,
  pid: number,
): Promise<CommandProgress | null> {
  for (const view of VIEWS) {
    // An older server does not have all of them.
    const progress = await readView(client, view, pid).catch(() => null);
    if (progress !== null) return progress;
  }
  return null;
}

async function readView(
  client: ClientBase,
  { name, what, counters }: View,
  pid: number,
): Promise<CommandProgress | null> {
  const { rows } = await client.query<Record<string, string>>(
    `SELECT p.*, p.relid::regclass::text AS relation_name FROM ${name} p WHERE p.pid = $1`,
    [pid],
  );
  const [row] = rows;
  if (row === undefined) return null;
  const told = counters.find(([, total]) => Number(row[total]) > 0) ?? counters[0];
  const [done = "", total = "", unit = "blocks"] = told ?? [];
  return {
    what: `${what} ${row.relation_name ?? ""}`,
    phase: row.phase ?? row.command ?? "",
    ...{ done: Number(row[done] ?? 0), total: Number(row[total] ?? 0), unit },
  };
}

/** `builds an index on orders: building index: scanning table, 43 % of 120,000 blocks` */
export function describeProgress({ what, phase, done, total, unit }: CommandProgress): string {
  const share =
    total > 0
      ? `, ${Math.floor((100 * done) / total)} % of ${total.toLocaleString("en-US")} ${unit}`
      : "";
  return `${what}: ${phase}${share}`;
}
