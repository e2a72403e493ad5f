import { LyceumError } from "./errors.ts";
import type { components, Pushed, Sent } from "./generated/messages.ts";
import type { Socket } from "./socket.ts";

type Wanted = Omit<Extract<Sent, { type: "start_interview" }>, "type" | "request_id">;
type Part = Extract<Sent, { type: "audio_chunk" }>;
export type ResponseProcessed = components["schemas"]["ResponseProcessedMessage"];
export type NotUnderstood = components["schemas"]["TranscriptionPartialMessage"];
export type InterviewSummary = components["schemas"]["InterviewSummaryMessage"];
type Outcome = ResponseProcessed | NotUnderstood;

/** One interview. It goes on over a new connection when the old one is lost: no part of a recording is lost with it. */
export class Interview {
  readonly #socket: Socket;
  readonly #stops: (() => void)[];
  readonly #waiting = new Set<(outcome: Outcome) => void>();
  #resume: { session_id: string; resume_token: string };
  #recordingId: string | null = null;
  #parts: Part[] = [];
  /** The open question, or null while none is ready. */
  question: string | null;
  questionNumber: number;
  isComplete = false;

  private constructor(socket: Socket, begun: { session_id: string; resume_token: string; question: string | null; question_number: number }) {
    this.#socket = socket;
    this.#resume = { session_id: begun.session_id, resume_token: begun.resume_token };
    this.question = begun.question;
    this.questionNumber = begun.question_number;
    this.#stops = [
      socket.on("found", () => void this.#goOn().catch(() => undefined)),
      socket.on("response_processed", (message) => this.#settle(message)),
      socket.on("transcription_partial", (message) => message.code && this.#settle(message)),
      socket.on("interview_resumed", (message) => {
        this.question = message.question;
        this.questionNumber = message.question_number;
      }),
    ];
  }

  get sessionId(): string {
    return this.#resume.session_id;
  }

  static async start(socket: Socket, wanted: Partial<Wanted> = {}): Promise<Interview> {
    return new Interview(socket, await socket.ask({ type: "start_interview", ...wanted } as Sent, "interview_started"));
  }

  /** Go on with an interview, by the token of `GET /api/interviews` if the first one is lost. */
  static async resume(socket: Socket, sessionId: string, resumeToken: string): Promise<Interview> {
    const resumed = await socket.ask(
      { type: "resume_interview", session_id: sessionId, resume_token: resumeToken },
      "interview_resumed",
    );
    return new Interview(socket, { ...resumed, resume_token: resumed.resume_token ?? resumeToken });
  }

  /** Answer in writing. Sent again after a lost connection; the server repeats its first response. */
  async write(text: string): Promise<ResponseProcessed> {
    const answer: Sent = { type: "text_answer", text, question_number: this.questionNumber };
    for (;;) {
      try {
        const processed = await this.#socket.ask(answer, "response_processed");
        this.#settle(processed);
        return processed;
      } catch (error) {
        if (!(error instanceof LyceumError && error.code === "connection_failed")) throw error;
        await this.#goOn();
      }
    }
  }

  /** Begin a recording. An earlier one of the same question is given up. */
  record(): void {
    this.#recordingId = crypto.randomUUID();
    this.#parts = [];
  }

  /** Send the next part of the recording, at most 24,000 bytes. The last one returns what became of the answer. */
  async part(sound: Uint8Array, mediaFormat: Part["media_format"], isFinal: boolean): Promise<Outcome | null> {
    if (this.#recordingId === null) this.record();
    const part: Part = {
      type: "audio_chunk",
      audio_data: base64(sound),
      sequence: this.#parts.length,
      media_format: mediaFormat,
      is_final: isFinal,
      question_number: this.questionNumber,
      recording_id: this.#recordingId,
    };
    this.#parts.push(part);
    const outcome = isFinal ? new Promise<Outcome>((resolve) => this.#waiting.add(resolve)) : null;
    try {
      await this.#socket.send(part);
    } catch (error) {
      if (!(error instanceof LyceumError && error.code === "connection_failed")) throw error; // sent again after "found"
    }
    return outcome;
  }

  /** Give up the recording; the question stays open. */
  async discard(): Promise<void> {
    const recordingId = this.#recordingId;
    this.#recordingId = null;
    this.#parts = [];
    if (recordingId !== null) {
      await this.#socket.ask({ type: "discard_recording", recording_id: recordingId }, "recording_discarded");
    }
  }

  async end(): Promise<InterviewSummary> {
    const summary = await this.#socket.ask({ type: "end_interview" }, "interview_summary");
    this.isComplete = true;
    this.leave();
    return summary;
  }

  /** Stop listening. The interview goes on at the server, and can be resumed. */
  leave(): void {
    for (const stop of this.#stops) stop();
  }

  /** After a lost connection: resume, and send the parts that the server does not have. */
  async #goOn(): Promise<void> {
    const resumed = await this.#socket.ask({ type: "resume_interview", ...this.#resume }, "interview_resumed");
    if (resumed.resume_token) this.#resume.resume_token = resumed.resume_token;
    const last = resumed.last_response;
    if (last && last.answered_question_number === this.#parts[0]?.question_number) {
      this.#settle({ ...last, type: "response_processed" });
      return;
    }
    const known = resumed.recording_id === this.#recordingId ? resumed.received_through : -1;
    for (const part of this.#parts.slice(known + 1)) await this.#socket.send(part);
  }

  #settle(outcome: Outcome): void {
    if (outcome.type === "response_processed") {
      this.question = outcome.next_question;
      this.questionNumber = outcome.question_number;
      this.isComplete = outcome.interview_complete;
    }
    this.#recordingId = null;
    this.#parts = [];
    for (const resolve of this.#waiting) resolve(outcome);
    this.#waiting.clear();
  }
}

export function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

/** A message of the interview, for listeners of the socket. */
export type InterviewMessage = Exclude<Pushed, { type: "pong" | "error" | "chat_delta" | "chat_done" }>;
