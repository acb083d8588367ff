import type { Snippet } from "../snippet";
import { COLUMNS } from "./columns";
import { CONSTRAINTS } from "./constraints";
import { DATA } from "./data";
import { INDEXES } from "./indexes";
import { SECURITY } from "./security";
import { STYLE } from "./style";
import { TABLES } from "./tables";
import { TRANSACTIONS } from "./transactions";
import { TYPES } from "./types";

/** The corpus, by what its snippets are about. */
export const TOPICS: Readonly<Record<string, readonly Snippet[]>> = {
  Indexes: INDEXES,
  Columns: COLUMNS,
  "Constraints and partitions": CONSTRAINTS,
  "Tables, views and functions": TABLES,
  "Types and domains": TYPES,
  Transactions: TRANSACTIONS,
  Rows: DATA,
  Rights: SECURITY,
  Advice: STYLE,
};

export const SNIPPETS: readonly Snippet[] = Object.values(TOPICS).flat();
