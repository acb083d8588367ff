import * as choices from "../../components/core/choices";
import type { DocComment } from "./docComment";
import { readInterfaces, type ArgsInterface, type Member } from "./sources";

/** One argument of `MigratedService`. */
export interface Argument {
  /** `database.backups.enabled`; a name that the user chooses is `*`, `service.workers.*.cpu`. */
  path: string;
  /** As a reader wants it: `boolean`, `"Password" or "Iam"`, `Input<string>`. */
  type: string;
  required: boolean;
  /** Without, the argument is required or says so in its text. */
  default: string | undefined;
  text: string;
  /** What a later change does. */
  change: string | undefined;
  links: string[];
  /** Path of the group that it is, or that each of its values is. */
  group: string | undefined;
}

/** Arguments that are given together. */
export interface ArgumentGroup {
  /** Empty for those of the component itself. */
  path: string;
  /** `DatabaseArgs` */
  interfaceName: string;
  text: string;
  arguments: Argument[];
}

/** Every group of the component's arguments, each before the groups inside it. */
export function readArguments(root = "MigratedServiceArgs"): ArgumentGroup[] {
  return collect(root, "", readInterfaces());
}

function collect(
  name: string,
  path: string,
  interfaces: Map<string, ArgsInterface>,
): ArgumentGroup[] {
  const found = interfaces.get(name);
  if (found === undefined) throw new Error(`${path}: no interface ${name} in components/args`);
  const inner: ArgumentGroup[] = [];
  const members = found.members.map((member) => {
    const at = path === "" ? member.name : `${path}.${member.name}`;
    const { itself, each } = groupTypes(member.type);
    const groupName = itself ?? each;
    const group =
      groupName === undefined || !interfaces.has(groupName)
        ? undefined
        : each === undefined
          ? at
          : `${at}.*`;
    if (group !== undefined) inner.push(...collect(groupName ?? "", group, interfaces));
    return describe(member, at, group);
  });
  return [{ path, interfaceName: name, text: found.comment.text, arguments: members }, ...inner];
}

/** The interface that a type is, or that its values by name are. */
function groupTypes(type: string): { itself?: string; each?: string } {
  const each = /^Record<string, (\w+)>$/.exec(type)?.[1];
  if (each !== undefined) return { each };
  return /^\w+Args$/.test(type) ? { itself: type } : {};
}

function describe(member: Member, path: string, group: string | undefined): Argument {
  return {
    path,
    type: readableType(member.type),
    required: member.required,
    default: tag(member.comment, "default"),
    text: member.comment.text,
    change: tag(member.comment, "change"),
    links: member.comment.tags.filter(({ name }) => name === "see").map(({ text }) => text),
    group,
  };
}

function tag({ tags }: DocComment, name: string): string | undefined {
  return tags.find((candidate) => candidate.name === name)?.text;
}

/** Choices are shown by their values, and Pulumi's types without its name. */
function readableType(type: string): string {
  const named = (choices as Record<string, unknown>)[type];
  if (typeof named === "object" && named !== null) {
    return Object.values(named)
      .map((value) => JSON.stringify(value))
      .join(" or ");
  }
  return type.replaceAll("pulumi.", "");
}
