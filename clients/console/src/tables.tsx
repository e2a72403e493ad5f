import { useEffect, useRef, type ReactNode } from "react";
import { useText } from "./language.tsx";

interface Span {
  start: number;
  end: number;
}
/** Lines that are no table have no rows. */
interface Block extends Span {
  rows: Span[][];
}

const FEWEST_ROWS = 2; // one line with a bar in it may be prose
const LONGEST_CELL = 80; // in characters, of a row that has only one cell
const MOST_COLUMNS = 60;
const BAR = /(?<!\\)\|/g;
const RULE = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/; // below the heads of a Markdown table

/** The text without white space around it. */
function trimmed(text: string, { start, end }: Span): Span {
  const inner = text.slice(start, end);
  const begin = start + inner.length - inner.trimStart().length;
  return { start: begin, end: Math.max(begin, start + inner.trimEnd().length) };
}

/** Whether no cell has an unclosed bracket. Sets and conditions in formulas contain bars too. */
const areWhole = (cells: string[]): boolean => cells.every((cell) => ["()", "{}"].every(([opening = "", closing = ""]) => cell.split(opening).length === cell.split(closing).length));

/** The cells of a line that is a row, by the same rules as on the server: between bars with spaces around them, or after a bar at the
 * start. Empty for any other line, also for code such as `a || b`. */
function cellsOf(text: string, line: Span): Span[] {
  const { start, end } = trimmed(text, line);
  const bare = text.slice(start, end);
  if (!` ${bare} `.includes(" | ") && !bare.startsWith("|") && !RULE.test(bare)) return [];
  const bars = [...bare.matchAll(BAR)].map((bar) => start + bar.index);
  const isFramed = bars.length > 1 && bars[0] === start && bars.at(-1) === end - 1; // as in Markdown; otherwise a bar at the edge is beside an empty cell
  const edges = isFramed ? bars : [start - 1, ...bars, end];
  const cells = edges.slice(1).map((edge, index) => trimmed(text, { start: (edges[index] ?? 0) + 1, end: edge }));
  const isRow = cells.length > 1 && cells.length <= MOST_COLUMNS && cells.some((cell) => cell.start < cell.end);
  return isRow && areWhole(cells.map((cell) => text.slice(cell.start, cell.end))) ? cells : [];
}

/** The lines of a text, each with its cells. A short line between two rows is a row too: one that has only one cell. */
function linesOf(text: string): (Span & { cells: Span[] })[] {
  const lines = [...text.matchAll(/[^\n\f]*(?:[\n\f]|$)/g)]
    .filter(([line]) => line !== "")
    .map(({ 0: line, index }) => ({ start: index, end: index + line.length }));
  const cells = lines.map((line) => cellsOf(text, line));
  return lines.map((line, place) => {
    const only = trimmed(text, line);
    const length = only.end - only.start;
    const isAmongRows = Boolean(cells[place - 1]?.length && cells[place + 1]?.length);
    const isOneCell = !cells[place]?.length && isAmongRows && length > 0 && length <= LONGEST_CELL;
    return { ...line, cells: isOneCell ? [only] : (cells[place] ?? []) };
  });
}

/** The tables in a text, and the lines between them, in order. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let rows: Span[][] = [];
  let begun = 0;
  const add = (start: number, end: number, found: Span[][]): void => {
    const last = blocks.at(-1);
    if (start === end) return;
    if (found.length === 0 && last?.rows.length === 0) last.end = end;
    else blocks.push({ start, end, rows: found });
  };
  for (const { start, end, cells } of linesOf(text)) {
    if (cells.length > 0) {
      if (rows.length === 0) begun = start;
      rows.push(cells);
      continue;
    }
    add(begun, start, rows.length < FEWEST_ROWS ? [] : rows);
    rows = [];
    begun = end;
    add(start, end, []);
  }
  add(begun, text.length, rows.length < FEWEST_ROWS ? [] : rows);
  return blocks.map((block) => ({ ...block, rows: block.rows.filter((row) => !RULE.test(text.slice(row[0]?.start, row.at(-1)?.end))) }));
}

/** A text with its tables as tables, and with the characters `from` to `to` marked and scrolled into view. `heads` are the heads of the table in which the text begins, empty texts if that table has none; without them, the first row of a table is its head. */
export function MarkedText({ text, heads, from, to }: { text: string; heads: string[]; from: number; to: number }) {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    frame.current?.querySelector("mark")?.scrollIntoView({ block: "nearest" });
  }, [text, from]);
  return (
    <div ref={frame} className="stack tight">
      {blocksOf(text).map((block) =>
        block.rows.length > 0 ? (
          <Table key={block.start} heads={block.start === 0 ? heads : []} rows={block.rows.map((row) => row.map((cell) => marked(text, cell, from, to)))} />
        ) : (
          <p key={block.start}>{marked(text, block, from, to)}</p>
        ),
      )}
    </div>
  );
}

function Table({ heads, rows }: { heads: string[]; rows: ReactNode[][] }) {
  const label = useText()("document.table");
  const [first = [], ...others] = rows;
  const shown = heads.length > 0 ? rows : others;
  const head = heads.length > 0 ? heads : first;
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={label}>
      <table>
        {head.some(Boolean) && (
          <thead>
            <tr>
              {head.map((name, index) => (
                <th key={index} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
        )}
        <tbody>
          {shown.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column} colSpan={row.length === 1 ? head.length : undefined}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The characters of the span, with those from `from` to `to` marked. */
function marked(text: string, { start, end }: Span, from: number, to: number): ReactNode {
  const [begin, stop] = [Math.max(start, from), Math.min(end, to)];
  const plain = (first: number, last: number): string => text.slice(first, last).replaceAll("\\|", "|");
  if (begin >= stop) return plain(start, end);
  return (
    <>
      {plain(start, begin)}
      <mark>{plain(begin, stop)}</mark>
      {plain(stop, end)}
    </>
  );
}
