import * as pulumi from "@pulumi/pulumi";

import {
  checkRelease,
  checkReleaseOptions,
  formatViolation,
  type AnyBuildDocument,
  type ReleaseOptions,
} from "../../components";
import { evaluate } from "../../inventory";
import { PARTS, type BadArgs } from "./badArgs";
import { RIGHT_DOCUMENT } from "./badArgs/documents";
import { RIGHT_OPTIONS } from "./badArgs/options";

/** The lines with which arguments are refused; none when they are taken. */
export async function refusal(bad: BadArgs): Promise<string[]> {
  const patch = typeof bad.args === "function" ? (bad.args as () => object)() : bad.args;
  switch (bad.of) {
    case "checkReleaseOptions": {
      const options = { ...RIGHT_OPTIONS, ...patch } as unknown as ReleaseOptions;
      return checkReleaseOptions(options).map(formatViolation);
    }
    case "checkRelease":
      return checkRelease(changeDocument(patch)).map(formatViolation);
    default: {
      const { Component, right } = PARTS[bad.of ?? "MigratedService"];
      const args = "instead" in bad ? bad.instead : { ...right, ...patch };
      return linesOf(await errorOf(Component, args, bad.cloud));
    }
  }
}

type ComponentClass = new (name: string, args: never) => pulumi.Resource;

/** What a program is refused with, at once or when a value becomes known. */
async function errorOf(
  Component: ComponentClass,
  args: unknown,
  answer: BadArgs["cloud"],
): Promise<string> {
  let message = "";
  const program = () => {
    try {
      new Component("shop", args as never);
    } catch (error) {
      message = messageOf(error);
    }
  };
  await evaluate(program, answer === undefined ? {} : { answer }).catch((error: unknown) => {
    message = messageOf(error);
  });
  return message;
}

/** Only an error of the user's own is shown without a stack trace. */
function messageOf(error: unknown): string {
  const isUsers = pulumi.ResourceError.isInstance(error) && error.hideStack === true;
  return isUsers ? error.message : `not the user's error: ${String(error)}`;
}

function linesOf(message: string): string[] {
  if (message === "") return [];
  const [head, ...lines] = message.split("\n");
  return head === "invalid args" ? lines.map((line) => line.replace(/^ {2}/, "")) : [message];
}

/** `steps` changes steps by their IDs; the rest changes the document. */
function changeDocument(patch: object): AnyBuildDocument {
  const { steps = {}, ...rest } = patch as { steps?: Record<string, object | null> };
  return {
    ...RIGHT_DOCUMENT,
    ...rest,
    steps: RIGHT_DOCUMENT.steps.flatMap((step) => {
      const change = steps[step.id];
      return change === null ? [] : [{ ...step, ...change }];
    }),
  };
}
