export { type Build, DocumentError, type Problem, type Step } from "./build";
export { parseBuild } from "./parseBuild";
export { type BuildOutcome, type PlayOptions, playBuild } from "./playBuild";
export { type StepOutcome, type StepStatus } from "./runSteps";
