// How the console finds tables in the text of a document.
import { expect, test } from "@playwright/test";
import { blocksOf } from "../src/tables.tsx";

/** The cells of each table, and the other lines as they are. */
const read = (text: string): (string | string[][])[] =>
  blocksOf(text).map(({ start, end, rows }) => (rows.length > 0 ? rows.map((row) => row.map((cell) => text.slice(cell.start, cell.end))) : text.slice(start, end)));

/** Lines with bars that the server takes for no table either. */
const CODE = [
  "  if (a || b) {\n    return c || d;\n  }",
  "type Tone = 'good'|'bad'\ntype Place = 'left'|'right'",
  "P(A | B) = P(B | A) P(A) / P(B)\nP(B | A) = P(A | B) P(B) / P(A)",
  "{x | x > 0}\n{y | y < 0}",
];

test("rows are read with their cells, also empty ones, and lines around them stay text", () => {
  expect(read("Moons\n\nmoon | planet\nIo | Jupiter\n | Saturn\nAnd more.")).toEqual(["Moons\n\n", [["moon", "planet"], ["Io", "Jupiter"], ["", "Saturn"]], "And more."]);
  expect(read("| a | b |\n|---|:-:|\n| 1 | |")).toEqual([[["a", "b"], ["1", ""]]]);
  expect(read("a | b\nInner planets\nc | d")).toEqual([[["a", "b"], ["Inner planets"], ["c", "d"]]]);
  expect(read("a | b\n--|--\n1 | 2")).toEqual([[["a", "b"], ["1", "2"]]]);
  expect(read("a \\| b | c\nd | e")).toEqual([[["a \\| b", "c"], ["d", "e"]]]);
});

test("a text without a table stays one text", () => {
  for (const text of ["", "One.", "One.\n\nTwo.\f", "P(A | B) is a chance.\n\nIt is small.", "\n\n", "---\n---", ...CODE]) {
    expect(read(text)).toEqual(text ? [text] : []);
  }
});

test("the blocks of any text follow each other without a gap", () => {
  const lines = ["", "a", "a | b", "| a | b |", "|---|---|", "|", "||", "\f"];
  for (let number = 0; number < lines.length ** 4; number += 1) {
    const text = [0, 1, 2, 3].map((place) => lines[Math.floor(number / lines.length ** place) % lines.length]).join("\n");
    expect(blocksOf(text).map(({ start, end }) => text.slice(start, end)).join("")).toBe(text);
  }
});
