import { randomUUID } from "node:crypto";
import { timestamp } from "./platform";

export type BuildStatus = "QUEUED" | "WORKING" | "SUCCESS" | "FAILURE" | "TIMEOUT" | "CANCELLED";

/** A build as Cloud Build's API shows it. */
export interface BuildRecord {
  id: string;
  projectId: string;
  status: BuildStatus;
  createTime: string;
  startTime?: string;
  finishTime?: string;
  tags: string[];
  images: string[];
  substitutions: Record<string, string>;
  results?: { images: { name: string; digest: string }[] };
}

/** Cloud Build's own memory. */
export class Builds {
  private readonly records = new Map<string, BuildRecord>();
  private lastTime = 0;

  constructor(
    private readonly project: string,
    /** The region that builds run in: `--region` must name it. */
    readonly region: string,
  ) {}

  create(tags: string[], images: string[], substitutions: Record<string, string>): BuildRecord {
    const record: BuildRecord = {
      id: randomUUID(),
      projectId: this.project,
      status: "QUEUED",
      createTime: this.uniqueTime(),
      tags,
      images,
      substitutions,
    };
    this.records.set(record.id, record);
    return record;
  }

  start(record: BuildRecord): void {
    record.status = "WORKING";
    record.startTime = timestamp();
  }

  finish(record: BuildRecord, status: BuildStatus): void {
    record.status = status;
    record.finishTime = timestamp();
  }

  get(id: string): BuildRecord | null {
    return this.records.get(id) ?? null;
  }

  /** Newest first, as the API lists them. */
  list(): BuildRecord[] {
    return [...this.records.values()].sort((a, b) => (a.createTime < b.createTime ? 1 : -1));
  }

  /** Google's times have more digits: two builds are never of the same moment. */
  private uniqueTime(): string {
    this.lastTime = Math.max(Date.now(), this.lastTime + 1);
    return new Date(this.lastTime).toISOString().replace("Z", "000Z");
  }
}
