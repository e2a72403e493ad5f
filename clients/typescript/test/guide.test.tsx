// The snippets of docs/frontend.md, run from top to bottom against the server.
import { Window } from "happy-dom";
import { act } from "react";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { WebSocket as NodeWebSocket } from "ws";
import { eventually, socket } from "./learner.ts";

const window = new Window();
let guide: typeof import("./generated/guide.ts");

beforeAll(async () => {
  vi.stubGlobal("WebSocket", NodeWebSocket); // Node 20 has none
  guide = await import("./generated/guide.ts");
});
afterAll(() => vi.unstubAllGlobals());

test("the guide signs in, and distinguishes errors by their codes", () => {
  expect(guide.me.user_id).toBe("ada");
  expect(guide.removed).toBe("(removed)");
});

test("the guide repeats a request without a second effect", () => {
  expect(guide.repeated).toEqual(guide.answered);
});

test("the guide uploads, waits and lists", async () => {
  expect(guide.share).toBe(1);
  expect(guide.document).toMatchObject({ filename: "newton.md", searchable: true });
  expect(guide.names).toContain("newton.md");
  const page = await guide.files.queryFn({ signal: new AbortController().signal, pageParam: null });
  expect(page.items.map((one) => one.filename)).toContain("newton.md");
});

test("the guide streams an answer, and finds its sentences and quotes by their places", () => {
  expect(guide.shown).toBe(guide.answer.response);
  const [first] = guide.sentences;
  expect(first?.text).toContain("tendency of a body");
  expect(first?.quotes[0]).toContain("Inertia is the tendency");
  expect(guide.quote).toBe(guide.answer.citations[0]?.quote);
  expect(guide.before).toContain("🍎"); // two code units: places that count characters would be one too small
  expect(guide.before + guide.quote + guide.after).toBe(guide.chunk.text);
});

test("the guide shows text as text", () => {
  const element = window.document.createElement("p") as unknown as Element;
  const canary = `<img src=x onerror="alert(1)">`;
  guide.show(window.document as unknown as Document, element, `${canary} and <b>more</b>`, "and");
  expect(element.children).toHaveLength(1);
  expect(element.querySelector("mark")?.textContent).toBe("and");
  expect(element.textContent).toBe(`${canary} and <b>more</b>`);
});

test("the guide holds an interview", () => {
  expect(guide.asked).toBeTruthy();
  expect(guide.judged.answered_question_number).toBe(1);
  expect(guide.judged.feedback).toBeTruthy();
  expect(guide.summary.questions_asked).toBe(2);
});

test("the guide's component asks the tutor and shows the answer with its quotes", async () => {
  for (const [name, value] of Object.entries({ window, document: window.document, navigator: window.navigator })) {
    vi.stubGlobal(name, value);
  }
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  const { createRoot } = await import("react-dom/client"); // it looks for the document when it is loaded
  const { Tutor } = await import("./generated/guide-chat.tsx");
  const element = document.body.appendChild(document.createElement("main"));
  const root = createRoot(element);
  const made = socket();
  await act(async () => root.render(<Tutor socket={made} />));
  await act(async () => element.querySelector("button")?.click());
  await act(() => eventually(() => expect(element.querySelector("blockquote")?.textContent).toContain("Friction is a force")));
  expect(element.querySelector("[role=alert]")).toBeNull();
  await act(async () => root.unmount());
  made.close();
});
