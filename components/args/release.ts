import type { Promotion } from "../core/choices";

/** How a new revision gets its traffic. */
export interface ReleaseArgs {
  /**
   * When the new revision receives traffic.
   *
   * @default "AfterProbe"
   */
  promotion?: Promotion;

  /**
   * Command that is run in the just-built image before traffic moves; a non-zero exit stops the
   * release.
   *
   * @default - none, or an empty list
   */
  verifyCommand?: string[];

  /**
   * Limit of `verifyCommand` in seconds: 1 to 3600.
   *
   * @default 300
   */
  verifyTimeoutSeconds?: number;

  /**
   * How long a release waits for an earlier one of the same service, in seconds: 60 to 21600.
   *
   * @default 3600
   */
  queueTimeoutSeconds?: number;
}
