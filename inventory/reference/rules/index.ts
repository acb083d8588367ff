import type { Rule } from "../../../components/core/rules";
import { BUILD, PLACE, SHAPE, SOURCE } from "./arguments";
import { DATABASE, EXISTING_INSTANCE } from "./database";
import { SERVICE, VARIABLE } from "./service";
import { OPTION, RELEASE } from "./release";
import { DOCUMENT } from "./documents";
import type { RuleText } from "./ruleText";

/** Rules that belong together. */
export interface RuleTopic {
  title: string;
  rules: Partial<Record<Rule, RuleText>>;
}

/** The topics in the order of `docs/errors.md`. */
export const RULE_TOPICS: RuleTopic[] = [
  { title: "What an argument is, whatever it means", rules: SHAPE },
  { title: "Project, region, labels and network", rules: PLACE },
  { title: "The repository", rules: SOURCE },
  { title: "Building, accounts, repository and pool", rules: BUILD },
  { title: "The instance, its database and its users", rules: DATABASE },
  { title: "An instance that is there already", rules: EXISTING_INSTANCE },
  { title: "Environment variables and secrets", rules: VARIABLE },
  { title: "The service and its workers", rules: SERVICE },
  { title: "How a release migrates and promotes", rules: RELEASE },
  { title: "Options of `renderRelease`", rules: OPTION },
  { title: "Release documents", rules: DOCUMENT },
];

/** Every rule; the compiler sees that none is missing. */
export const RULES: Record<Rule, RuleText> = {
  ...SHAPE,
  ...PLACE,
  ...SOURCE,
  ...BUILD,
  ...DATABASE,
  ...EXISTING_INSTANCE,
  ...VARIABLE,
  ...SERVICE,
  ...RELEASE,
  ...OPTION,
  ...DOCUMENT,
};
