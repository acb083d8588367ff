/** What happens in the cloud's stand-in and in a build, as it happens. */
export type CloudEvent = { at: number } & CloudEventDetail;

export type CloudEventDetail =
  | { type: "build-started"; build: string }
  | { type: "build-ended"; build: string; status: string }
  | { type: "step-started"; build: string; id: string }
  | {
      type: "step-ended";
      build: string;
      id: string;
      status: string;
      exitCode: number | null;
      durationMs: number;
    }
  /** One line of output, secrets redacted. `source`: `step migrate`, `job NAME`, `revision NAME`. */
  | { type: "log"; source: string; line: string }
  | { type: "image-built"; reference: string; digest: string }
  | { type: "image-pushed"; reference: string; digest: string }
  | { type: "execution-started"; job: string; execution: string; image: string }
  | { type: "execution-ended"; job: string; execution: string; succeeded: boolean }
  | { type: "revision-started"; service: string; revision: string; pid: number }
  | { type: "revision-ready"; service: string; revision: string }
  | { type: "revision-stopped"; service: string; revision: string; pid: number }
  | {
      type: "traffic-changed";
      service: string;
      traffic: { revision: string; percent: number }[];
    }
  /** An instance of a worker pool runs. */
  | { type: "worker-started"; pool: string; revision: string; pid: number }
  | { type: "worker-stopped"; pool: string; revision: string; pid: number }
  | { type: "backup-taken"; instance: string; id: string; recoveryTime: string }
  | ({ type: "rewrite" } & Rewrite);

/** A variable whose value is another here than on Google Cloud: where something listens. */
export interface Rewrite {
  /** Whose variable: `step connect`, `job NAME`, `service NAME`. */
  where: string;
  name: string;
  /** Value of the document or service. Of a URL only host and port. */
  from: string;
  to: string;
}

export type Emit = (event: CloudEventDetail) => void;
