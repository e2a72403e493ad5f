// Recordings, over a stand-in that keeps parts as docs/websocket.md says: a server with speech recognition is not needed.
import { afterEach, expect, test } from "vitest";
import { WebSocketServer, type WebSocket as Peer } from "ws";
import { Interview, LyceumError, Rest, Socket, type Pushed, type Sent } from "../src/index.ts";
import { cutting, CUTS } from "./cuts.ts";

type Part = Extract<Sent, { type: "audio_chunk" }>;
const PARTS = ["one ", "two ", "three ", "four"].map((text) => new TextEncoder().encode(text));
const STANDING = { session_id: "session", question_number: 1, state: "answering" as const };

/** Keeps the parts of a recording by their number, and answers when it has all of them. */
class StandIn {
  readonly parts = new Map<number, Part>();
  refuse: ((part: Part) => Partial<Extract<Pushed, { type: "error" }>> | undefined) | null = null;
  heard: string | null = null;
  /** How many more times it replies that the last answer is still being judged. */
  busy = 0;
  /** How many more times it replies that it does not know the connection. */
  forgets = 0;
  discarded = 0;
  readonly #server = new WebSocketServer({ host: "127.0.0.1", port: 0 });

  constructor() {
    this.#server.on("connection", (peer) => peer.on("message", (data) => this.#receive(peer, JSON.parse(String(data)) as Sent)));
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  rest(): Rest {
    const answered = (url: string): unknown => (url.endsWith("/api/ws-ticket") ? { ticket: "t", url: this.url, expires_in: 60 } : { items: [] });
    return new Rest({ url: "http://127.0.0.1", token: () => "token", fetch: async (url) => Response.json(answered(String(url))) });
  }

  ready(): Promise<this> {
    return new Promise((resolve) => this.#server.once("listening", () => resolve(this)));
  }

  close(): void {
    for (const peer of this.#server.clients) peer.terminate();
    this.#server.close();
  }

  #receive(peer: Peer, message: Sent): void {
    const push = (type: Pushed["type"], more: object): void => peer.send(JSON.stringify({ type, request_id: message.request_id, ...more }));
    if (message.type === "start_interview") {
      push("interview_started", { ...STANDING, resume_token: "token", question: "What is inertia?", instructions: "" });
    } else if (message.type === "resume_interview") {
      const recording_id = this.parts.get(0)?.recording_id ?? null;
      const last_response = this.heard === null ? null : this.#processed();
      push("interview_resumed", { ...STANDING, resume_token: "token", question: "What is inertia?", received_through: this.#through(), recording_id, last_response });
    } else if (message.type === "text_answer") {
      if (this.forgets-- > 0) return push("error", { code: "connection_closed", message: "Gone.", field: null });
      const isBusy = this.busy-- > 0;
      if (isBusy) push("error", { code: "answer_being_processed", message: "Wait.", field: null, retry_after: 2 });
      else push("response_processed", this.#processed());
    } else if (message.type === "discard_recording") {
      this.discarded += 1;
      this.parts.clear();
      push("recording_discarded", { recording_id: message.recording_id, question_number: 1 });
    } else if (message.type === "audio_chunk") {
      const refused = this.refuse?.(message);
      if (refused) return push("error", { message: "Refused.", field: null, ...refused });
      this.parts.set(message.sequence, message);
      push("audio_received", { received_through: this.#through(), question_number: 1, recording_id: message.recording_id });
      const last = [...this.parts.values()].find((part) => part.is_final);
      if (!last || this.#through() !== last.sequence) return;
      this.heard = [...this.parts.entries()].sort(([a], [b]) => a - b).map(([, part]) => atob(part.audio_data)).join("");
      push("response_processed", this.#processed());
    }
  }

  #processed(): object {
    return { answered_question_number: 1, question_number: 2, next_question: "What is friction?", interview_complete: false, transcription: this.heard };
  }

  #through(): number {
    let number = -1;
    while (this.parts.has(number + 1)) number += 1;
    return number;
  }
}

const opened: (() => void)[] = [];
afterEach(() => {
  for (const close of opened.splice(0)) close();
});

function standIn(): Promise<StandIn> {
  const made = new StandIn();
  opened.push(() => made.close());
  return made.ready();
}

function plain(server: StandIn, waits: number[] = []): Socket {
  const { made } = cutting(server.rest(), "after it is sent", Infinity);
  made.sleep = async (milliseconds) => void waits.push(milliseconds);
  opened.push(() => made.close());
  return made;
}

async function said(interview: Interview): Promise<string> {
  interview.record();
  let outcome = null;
  for (const [at, part] of PARTS.entries()) outcome = await interview.part(part, "webm", at === PARTS.length - 1);
  if (outcome?.type !== "response_processed") throw new Error("nothing was understood");
  return outcome.transcription ?? "";
}

test.for(CUTS)("a recording is whole when the socket is cut %s, at any message of it", async (cut) => {
  for (let at = 1; at < 40; at += 1) {
    const server = await standIn();
    const { made, wasCut } = cutting(server.rest(), cut, at);
    const interview = await Interview.start(made);
    expect(await said(interview)).toBe("one two three four");
    expect([interview.questionNumber, interview.question]).toEqual([2, "What is friction?"]);
    made.close();
    if (!wasCut()) {
      expect(at).toBeGreaterThan(PARTS.length);
      return;
    }
  }
  throw new Error("no recording was without a cut");
});

test("parts that came too fast are sent again after the time that the server asks for", async () => {
  const server = await standIn();
  let refusals = 1;
  server.refuse = (part) => (part.sequence === 2 && refusals-- > 0 ? { code: "too_many_messages", retry_after: 3 } : undefined);
  const waits: number[] = [];
  expect(await said(await Interview.start(plain(server, waits)))).toBe("one two three four");
  expect(waits).toEqual([3000]);
});

test("a message on a connection that the server no longer knows is sent over another one, once", async () => {
  const server = await standIn();
  server.forgets = 1;
  const interview = await Interview.start(plain(server));
  expect((await interview.write("Inertia.")).answered_question_number).toBe(1);
  server.forgets = 2;
  await expect(plain(server).ask({ type: "text_answer", text: "Inertia." }, "response_processed")).rejects.toMatchObject({
    code: "connection_closed",
  });
});

test("an answer waits while the last one is being judged, as long as the server asks for", async () => {
  const server = await standIn();
  server.busy = 3;
  const waits: number[] = [];
  const interview = await Interview.start(plain(server, waits));
  expect((await interview.write("Inertia.")).answered_question_number).toBe(1);
  expect(waits).toEqual([2000, 2000, 2000]);
});

test("a recording that is refused throws the code, and another one can be begun", async () => {
  const server = await standIn();
  server.refuse = (part) => (part.is_final ? { code: "voice_unavailable" } : undefined);
  const interview = await Interview.start(plain(server));
  await expect(said(interview)).rejects.toMatchObject({ name: "LyceumError", code: "voice_unavailable" });
  await interview.discard();
  expect(server.discarded).toBe(1);
  server.refuse = null;
  expect(await said(interview)).toBe("one two three four");
});

test("an interview that was resumed elsewhere ends a recording that waits for its outcome", async () => {
  const server = await standIn();
  const { made } = cutting(server.rest(), "before it is sent", 4);
  opened.push(() => made.close());
  const interview = await Interview.start(made);
  server.refuse = () => ({ code: "interview_elsewhere" });
  await expect(said(interview)).rejects.toBeInstanceOf(LyceumError);
});
