import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import ts from "typescript";

import { projectRoot } from "../projectRoot";
import { parseDocComment, type DocComment } from "./docComment";

/** One interface of arguments, as its source says it. */
export interface ArgsInterface {
  name: string;
  comment: DocComment;
  /** Own members, behind those of the interfaces that it extends. */
  members: Member[];
}

export interface Member {
  name: string;
  /** As it is written: `pulumi.Input<string>`. */
  type: string;
  required: boolean;
  comment: DocComment;
}

/** Every interface in `components/args`, by name. */
export function readInterfaces(): Map<string, ArgsInterface> {
  const folder = join(projectRoot(), "components/args");
  const declarations = new Map(
    readdirSync(folder)
      .sort()
      .flatMap((file) => interfacesIn(readFileSync(join(folder, file), "utf8")))
      .map((declaration) => [declaration.node.name.text, declaration] as const),
  );
  return new Map([...declarations.keys()].map((name) => [name, describe(name, declarations)]));
}

interface Declaration {
  node: ts.InterfaceDeclaration;
  file: ts.SourceFile;
}

function interfacesIn(source: string): Declaration[] {
  const file = ts.createSourceFile("args.ts", source, ts.ScriptTarget.ES2023, true);
  return file.statements.filter(ts.isInterfaceDeclaration).map((node) => ({ node, file }));
}

function describe(name: string, declarations: Map<string, Declaration>): ArgsInterface {
  const declaration = declarations.get(name);
  if (declaration === undefined) throw new Error(`no interface ${name} in components/args`);
  const { node, file } = declaration;
  const bases = (node.heritageClauses ?? []).flatMap(({ types }) =>
    types.map((type) => type.expression.getText(file)),
  );
  return {
    name,
    comment: commentOf(node, file),
    members: [
      ...bases.flatMap((base) => describe(base, declarations).members),
      ...node.members.filter(ts.isPropertySignature).map((member) => ({
        name: member.name.getText(file),
        type: member.type?.getText(file) ?? "unknown",
        required: member.questionToken === undefined,
        comment: commentOf(member, file),
      })),
    ],
  };
}

/** The last doc comment before a declaration is its own. */
function commentOf(node: ts.Node, file: ts.SourceFile): DocComment {
  const ranges = ts.getLeadingCommentRanges(file.text, node.getFullStart()) ?? [];
  const texts = ranges.map(({ pos, end }) => file.text.slice(pos, end));
  return parseDocComment(texts.filter((text) => text.startsWith("/**")).at(-1) ?? "");
}
