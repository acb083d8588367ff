/** What the reference says of a rule. */
export interface RuleText {
  /** What is wrong, and why it is refused. */
  means: string;
  /** What to do. */
  remedy: string;
}
