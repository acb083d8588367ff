import type { Promotion } from "../core/choices";

/** How a new revision gets its traffic. */
export interface ReleaseArgs {
  /**
   * When the new revision receives traffic.
   *
   * @default "AfterProbe"
   * @change update of the trigger
   */
  promotion?: Promotion;

  /**
   * Command that is run in the just-built image before traffic moves; a non-zero exit stops the
   * release.
   *
   * @default - none, or an empty list
   * @change update of the trigger
   */
  verifyCommand?: string[];

  /**
   * Limit of `verifyCommand` in seconds: 1 to 3600. Refused without it.
   *
   * @default 300
   * @change update of the trigger
   */
  verifyTimeoutSeconds?: number;

  /**
   * How long a release waits for an earlier one of the same service, in seconds: 60 to 21600.
   *
   * @default 3600
   * @change update of the trigger
   */
  queueTimeoutSeconds?: number;
}
