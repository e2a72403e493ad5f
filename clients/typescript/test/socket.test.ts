import { afterEach, beforeAll, expect, test } from "vitest";
import { WebSocket as NodeWebSocket } from "ws";
import { Interview, Socket, upload, waitForDocument, type Document } from "../src/index.ts";
import { cutting, CUTS } from "./cuts.ts";
import { eventually, notRarely, NOTES, open, rest, socket } from "./learner.ts";

const sockets: Socket[] = [];
const connected = (made: Socket): Socket => (sockets.push(made), made);
afterEach(() => {
  for (const one of sockets.splice(0)) one.close();
});

beforeAll(async () => {
  const document = await upload(rest(), new File([NOTES], "newton.md", { type: "text/markdown" }), { subjectId: "physics_101" });
  await waitForDocument(rest(), document.file_id);
});

/** A client whose requests are counted by their path. */
function counted(): { client: ReturnType<typeof rest>; asked: string[] } {
  const asked: string[] = [];
  const client = rest({
    sleep: notRarely,
    fetch: (address, init) => {
      asked.push(new URL(String(address)).pathname);
      return fetch(address, init);
    },
  });
  return { client, asked };
}

test("an answer comes in pieces and whole", async () => {
  const answer = connected(socket()).chat({ message: "What is inertia?", subject_id: "physics_101" });
  let text = "";
  for (let step = await answer.next(); ; step = await answer.next()) {
    if (step.done) {
      expect(step.value.response).toBe(text);
      expect(step.value.citations).not.toHaveLength(0);
      return;
    }
    text += step.value;
  }
});

test("a refused message throws the code", async () => {
  await expect(connected(socket()).ask({ type: "text_answer", text: "Well" }, "response_processed")).rejects.toMatchObject({
    code: "no_interview",
  });
});

test("waiting for a document uses the server's pushes, without repeated requests", async () => {
  const { client, asked } = counted();
  const made = connected(socket(client));
  await made.connect();
  const told: boolean[] = [];
  made.on("document_updated", (message) => told.push(message.searchable));
  const uploaded = await upload(client, new File([NOTES.repeat(200)], "long.md", { type: "text/markdown" }));
  const ofDocument = (): number => asked.filter((path) => path.endsWith(uploaded.file_id)).length;
  const before = ofDocument();
  const searchable: Document = await waitForDocument(client, uploaded.file_id, { until: "searchable", socket: made });
  expect(searchable.searchable).toBe(true);
  expect((await waitForDocument(client, uploaded.file_id, { socket: made })).status).toBe("completed");
  expect(ofDocument() - before).toBeLessThanOrEqual(told.length + 4); // the first read of each call, and one after connecting
  await expect(
    waitForDocument(client, uploaded.file_id, { socket: made, signal: AbortSignal.abort(new Error("left")) }),
  ).rejects.toThrow("left");
});

test("waiting for a document works without a connected socket", async () => {
  const client = rest({ sleep: notRarely });
  const made = new Socket(client, { open: () => { throw new Error("no WebSocket here"); } });
  const uploaded = await upload(client, new File([NOTES], "alone.md", { type: "text/markdown" }));
  expect((await waitForDocument(client, uploaded.file_id, { socket: made })).status).toBe("completed");
});

test("a socket that is closed while it connects stays closed", async () => {
  const begun: WebSocket[] = [];
  const made = new Socket(rest(), {
    open: (url) => {
      const one = open(url);
      begun.push(one);
      made.close();
      return one;
    },
  });
  const told: string[] = [];
  made.on("found", () => told.push("found"));
  await expect(made.connect()).rejects.toMatchObject({ code: "connection_failed" });
  await eventually(() => expect(begun.map((one) => one.readyState)).toEqual([NodeWebSocket.CLOSED]));
  const early = new Socket(rest(), { open: (url) => (begun.push(open(url)), begun[1]!) });
  const connecting = early.connect();
  early.close();
  await expect(connecting).rejects.toMatchObject({ code: "connection_failed" });
  expect(begun).toHaveLength(1);
  expect(told).toEqual([]);
});

const ANSWERS = ["Inertia is the tendency of a body to resist a change of its motion.", "I do not know."];

/** One whole interview in writing. */
async function held(made: Socket): Promise<{ sessionId: string; numbers: number[]; asked: number }> {
  const interview = await Interview.start(made, { subject_id: "physics_101", max_questions: 3 });
  await eventually(() => expect(interview.question).toBeTruthy());
  const numbers: number[] = [];
  for (const answer of ANSWERS) numbers.push((await interview.write(answer)).answered_question_number);
  const summary = await interview.end();
  return { sessionId: interview.sessionId, numbers, asked: summary.questions_asked };
}

test.for(CUTS)("an interview goes on when the socket is cut %s, at any message of it", async (cut) => {
  const before = new Set((await rest().get("/api/interviews", {})).items.map((one) => one.session_id));
  for (let at = 1; at < 40; at += 1) {
    const { made, wasCut } = cutting(rest(), cut, at);
    const { sessionId, numbers, asked } = await held(connected(made));
    expect(numbers).toEqual([1, 2]);
    expect(asked).toBe(3);
    const kept = await rest().get("/api/interviews/{session_id}", { path: { session_id: sessionId } });
    expect(kept.turns.slice(0, 2).map((turn) => turn.transcription)).toEqual(ANSWERS);
    const { items } = await rest().get("/api/interviews", {});
    const fresh = items.filter((one) => !before.has(one.session_id)).map((one) => one.session_id);
    expect(fresh).toEqual([sessionId]); // no interview was begun twice
    before.add(sessionId);
    if (!wasCut()) {
      expect(at).toBeGreaterThan(4); // the connection was cut at each message of the interview
      return;
    }
  }
  throw new Error("no interview was without a cut");
});
