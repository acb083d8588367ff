import { describe, expect, it } from "vitest";

import { shellCommands } from "../../components/build/shellCommands";

const words = (text: string): string[][] => shellCommands(text).map((command) => command.words);

describe("shellCommands", () => {
  it.each<[string, string[][]]>([
    ["a b  c", [["a", "b", "c"]]],
    ["a 'b c' \"d $E\" f\\ g", [["a", "b c", "d $E", "f g"]]],
    ["a # b\n# c\nd#e", [["a"], ["d#e"]]],
    ["a \\\n  b", [["a", "b"]]],
    ["a; b && c || d | e & f", [["a"], ["b"], ["c"], ["d"], ["e"], ["f"]]],
    ["A=1 B=2 c", [["c"]]],
    ["a=1", [["a=1"]]],
    ["x=$(a b | c)", [["a", "b"], ["c"], ["x=$(a b | c)"]]],
    ['x="$(a "$(b)")"', [["b"], ["a", "$(b)"], ['x=$(a "$(b)")']]],
    [
      "echo `a b`",
      [
        ["a", "b"],
        ["echo", "`a b`"],
      ],
    ],
    ["a >b 2>&1 &>c", [["a", ">b", "2>&1", "&>c"]]],
    ["a <<'EOF'\ngcloud x\nEOF\nb", [["a"], ["b"]]],
    ['a <<<"$b"', [["a", "<<<$b"]]],
    ["if a; then b; else c; fi", [["a"], ["b"], ["c"]]],
    ["while a; do if b; then c; fi; done", [["a"], ["b"], ["c"]]],
    ["f() {\n  a\n}\nf x", [["a"], ["f", "x"]]],
    ["f() {\n  a\n}\nb", [["b"]]],
    ["a\nexit 0\nb", [["a"], ["exit", "0"]]],
    ["a || exit 1\nb", [["a"], ["exit", "1"], ["b"]]],
    ["if a; then exit 0; fi\nb", [["a"], ["exit", "0"], ["b"]]],
    ["a $((1 + 2)) ${b:-'c d'}", [["a", "$((1 + 2))", "${b:-'c d'}"]]],
    ["if [[ a || (b) ]]; then c; fi\nd", [["[[", "a", "||", "(b)", "]]"], ["c"], ["d"]]],
    ["a=$'it\\'s'\nb", [["a=it's"], ["b"]]],
    ["((a=1<<b))\nc", [["((a=1<<b))"], ["c"]]],
    ["a=(b c)\nd", [["a=(b c)"], ["d"]]],
    ["a <(b)", [["b"], ["a", "<(b)"]]],
    ["exec 2>&1\na", [["exec", "2>&1"], ["a"]]],
    ["(exit 0)\na", [["exit", "0"], ["a"]]],
    ["exit 0 | a\nb", [["exit", "0"], ["a"], ["b"]]],
    ["exec a\nb", [["exec", "a"]]],
    ["function f {\n  a\n}\nf () { b; }\nf", [["a"], ["b"], ["f"]]],
    ["case $a in\n  b | c) d ;;\n  *) e ;;\nesac\nf", [["case", "$a"], ["d"], ["e"], ["f"]]],
    ["a <<EOF\n$(b) c\nEOF\nd", [["b"], ["a"], ["d"]]],
    ['echo "it\'s" "\\$x"', [["echo", "it's", "$x"]]],
  ])("reads %j", (text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  it("ends on text that does not end", () => {
    for (const text of [
      "'a",
      '"a',
      "$(a",
      "`a",
      "${a",
      "a <<EOF\nb",
      "a \\",
      "if",
      ")",
      "}",
      "case a",
      "((",
      "f(",
      "&&",
      "[[ a",
    ]) {
      expect(Array.isArray(words(text))).toBe(true);
    }
  });
});
