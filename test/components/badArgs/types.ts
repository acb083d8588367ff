import type { EvaluateOptions } from "../../../inventory";
import type { Rule } from "../../../components/core/rules";
import type { Part } from "./parts";

/** Arguments that are refused, and how. */
export interface BadArgs {
  /** What is wrong with them, in words. */
  what: string;
  /** What is given them. @default "MigratedService" */
  of?: Part;
  /**
   * Over arguments that are right, member by member; a function where values belong to one
   * evaluation, such as outputs.
   */
  args: object | (() => object);
  /** In the place of all arguments. */
  instead?: unknown;
  /** What is in the cloud. @default - nothing */
  cloud?: NonNullable<EvaluateOptions["answer"]>;
  /** Every line of the error, with the rule that it is about. */
  refused: [Rule, string][];
}
