// The console's text for each error that the server can give.
import { expect, test } from "@playwright/test";
import { told } from "../src/problems.ts";
import { de } from "../src/texts/de.ts";
import { en, type TextId } from "../src/texts/en.ts";
import { LyceumError } from "../../typescript/src/errors.ts";
import { REFUSALS, SOCKET_REFUSALS } from "../../typescript/src/generated/facts.ts";

/** Error codes of requests that the console never sends. */
const OF_PROGRAMS = new Set([
  "idempotency_key_reused",
  "incomplete_order",
  "invalid_cursor",
  "invalid_idempotency_key",
  "invalid_message",
  "invalid_request",
  "malformed_form",
  "malformed_json",
  "missing_token",
  "part_conflict",
  "session_not_found",
  "unknown_option",
  "unknown_question",
  "unsupported_media_type",
  "wrong_answer_form",
]);

test("each error that a person can meet has a text in each language", () => {
  const codes = new Set([...Object.values(REFUSALS).flat(), ...SOCKET_REFUSALS].filter((code) => !OF_PROGRAMS.has(code)));
  expect(codes.size).toBeGreaterThan(100);
  for (const texts of [en, de]) {
    const text = (id: TextId, values: Record<string, string | number> = {}): string =>
      texts[id].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
    const other = text("problem.other", { message: "" });
    const untold = [...codes].filter((code) => told(new LyceumError(400, code, ""), text).startsWith(other));
    expect(untold).toEqual([]);
  }
});

test("every English text has a German one that differs from it", () => {
  const same = Object.keys(en).filter((id) => en[id as TextId] === de[id as TextId]);
  expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
  for (const id of same) expect(de[id as TextId], id).not.toMatch(/ \w+ /); // names and single words may be alike
  for (const id of Object.keys(en) as TextId[]) {
    const values = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
    expect(values(de[id]), id).toEqual(values(en[id]));
  }
});
