import { LyceumError, type SocketCode } from "./errors.ts";
import type { components, Pushed, Sent } from "./generated/messages.ts";
import type { Socket } from "./socket.ts";

type Wanted = Omit<Extract<Sent, { type: "start_interview" }>, "type" | "request_id" | "start_id">;
type Part = Extract<Sent, { type: "audio_chunk" }>;
export type ResponseProcessed = components["schemas"]["ResponseProcessedMessage"];
export type NotUnderstood = components["schemas"]["TranscriptionPartialMessage"];
export type InterviewSummary = components["schemas"]["InterviewSummaryMessage"];
type Outcome = ResponseProcessed | NotUnderstood;
type Begun = { session_id: string; resume_token: string; question: string | null; question_number: number };
const TRIES = 5;
const WAITS = 60;
/** The codes with which a second start is refused if the first one did begin the interview. */
const LATE: ReadonlySet<string> = new Set(["interview_elsewhere", "conflict"]);

/** One interview. If the connection is lost, it continues over a new one, and no part of a recording is lost. */
export class Interview {
  readonly #socket: Socket;
  readonly #stops: (() => void)[];
  #waiting: { resolve: (outcome: Outcome) => void; reject: (error: unknown) => void } | null = null;
  #failure: LyceumError | null = null;
  #resume: { session_id: string; resume_token: string };
  #recordingId: string | null = null;
  #parts: Part[] = [];
  #summary: InterviewSummary | null = null;
  /** The open question, or null while none is ready. */
  question: string | null;
  questionNumber: number;
  isComplete = false;

  private constructor(socket: Socket, begun: Begun) {
    this.#socket = socket;
    this.#resume = { session_id: begun.session_id, resume_token: begun.resume_token };
    this.question = begun.question;
    this.questionNumber = begun.question_number;
    this.#stops = [
      socket.on("found", () => void this.#goOn().catch((error: unknown) => this.#fail(error))),
      socket.on("response_processed", (message) => this.#settle(message)),
      socket.on("transcription_partial", (message) => message.code && this.#settle(message)),
      socket.on("interview_summary", (message) => {
        if (message.session_id === this.sessionId) this.#summary = message;
      }),
      socket.on("error", (message) => void this.#onRefused(message)),
      socket.on("interview_resumed", (message) => {
        this.question = message.question;
        this.questionNumber = message.question_number;
      }),
    ];
  }

  get sessionId(): string {
    return this.#resume.session_id;
  }

  /** Begin an interview. If the connection is lost meanwhile, continue the interview that the server has begun. */
  static async start(socket: Socket, wanted: Partial<Wanted> = {}): Promise<Interview> {
    const known = new Set((await running(socket)).map((one) => one.session_id));
    const resumed = async (): Promise<Interview | undefined> => {
      const begun = (await running(socket)).find((one) => !known.has(one.session_id));
      return begun && Interview.resume(socket, begun.session_id, begun.resume_token);
    };
    const start = { type: "start_interview", ...wanted, start_id: crypto.randomUUID() } as Sent;
    return persistently(socket, async (isAgain) => {
      const begun = isAgain ? await resumed() : undefined;
      if (begun) return begun;
      try {
        return new Interview(socket, await socket.ask(start, "interview_started"));
      } catch (error) {
        const isLate = isAgain && error instanceof LyceumError && LATE.has(error.code);
        const late = isLate ? await resumed() : undefined;
        if (late) return late;
        throw error;
      }
    });
  }

  /** Resume an interview. If the first token is lost, use the token in `GET /api/interviews`. */
  static async resume(socket: Socket, sessionId: string, resumeToken: string): Promise<Interview> {
    const resume = { session_id: sessionId, resume_token: resumeToken };
    const resumed = await persistently(socket, () => socket.ask({ type: "resume_interview", ...resume }, "interview_resumed"));
    return new Interview(socket, { ...resumed, resume_token: resumed.resume_token ?? resumeToken });
  }

  /** Answer in writing. Sent again after a lost connection; the server repeats its first response. */
  async write(text: string): Promise<ResponseProcessed> {
    const answer: Sent = { type: "text_answer", text, question_number: this.questionNumber };
    const processed = await persistently(this.#socket, async (isAgain) => {
      if (isAgain) await this.#goOn();
      return this.#socket.ask(answer, "response_processed");
    });
    this.#settle(processed);
    return processed;
  }

  /** Begin a recording. An earlier recording for the same question is discarded. */
  record(): void {
    this.#recordingId = crypto.randomUUID();
    this.#parts = [];
    this.#failure = null;
  }

  /**
   * Send the next part of the recording, at most 24,000 bytes. For the last part, returns the outcome of the answer. Throws
   * `LyceumError` at the part after a refusal of the recording. A lost connection is not a refusal.
   */
  async part(sound: Uint8Array, mediaFormat: Part["media_format"], isFinal: boolean): Promise<Outcome | null> {
    if (this.#recordingId === null) this.record();
    if (this.#failure) throw this.#failure;
    const part: Part = {
      type: "audio_chunk",
      audio_data: base64(sound),
      sequence: this.#parts.length,
      media_format: mediaFormat,
      is_final: isFinal,
      question_number: this.questionNumber,
      recording_id: this.#recordingId,
      request_id: `${this.#recordingId}:${this.#parts.length}`,
    };
    this.#parts.push(part);
    const outcome = isFinal ? new Promise<Outcome>((resolve, reject) => (this.#waiting = { resolve, reject })) : null;
    outcome?.catch(() => undefined); // the promise is returned below, so the caller gets the error
    await this.#socket.send(part).catch((error: unknown) => this.#fail(error));
    return outcome;
  }

  /** Discard the recording; the question stays open. */
  async discard(): Promise<void> {
    const recordingId = this.#recordingId;
    this.#recordingId = null;
    this.#parts = [];
    if (recordingId === null) return;
    await persistently(this.#socket, async (isAgain) => {
      if (isAgain) await this.#goOn();
      await this.#socket.ask({ type: "discard_recording", recording_id: recordingId }, "recording_discarded");
    });
  }

  /** End the interview and return its summary, also if the connection is lost meanwhile. */
  async end(): Promise<InterviewSummary> {
    const summary = await persistently(this.#socket, async (isAgain) => {
      if (isAgain) await this.#goOn();
      try {
        return await this.#socket.ask({ type: "end_interview" }, "interview_summary");
      } catch (error) {
        if (this.#summary) return this.#summary; // the interview had ended, and its summary came after the resumption
        throw error;
      }
    });
    this.isComplete = true;
    this.leave();
    return summary;
  }

  /** Stop listening. The interview stays open at the server and can be resumed. */
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

  /** A part of the recording was refused. If parts came too fast, they are sent again. */
  async #onRefused(refused: Extract<Pushed, { type: "error" }>): Promise<void> {
    if (this.#recordingId === null || !refused.request_id?.startsWith(`${this.#recordingId}:`)) return;
    if (refused.code === "too_many_messages") {
      await this.#socket.sleep((refused.retry_after ?? 1) * 1000);
      await this.#goOn().catch((error: unknown) => this.#fail(error));
      return;
    }
    this.#fail(new LyceumError(0, refused.code as SocketCode, refused.message, refused.field, refused.request_id));
  }

  /** The recording failed. (If only the connection was lost, its parts are sent again over the next connection.) */
  #fail(error: unknown): void {
    if (!(error instanceof LyceumError) || error.code === "connection_failed") return;
    this.#failure = error;
    this.#waiting?.reject(error);
    this.#waiting = null;
  }

  #settle(outcome: Outcome): void {
    if (outcome.type === "response_processed") {
      this.question = outcome.next_question;
      this.questionNumber = outcome.question_number;
      this.isComplete = outcome.interview_complete;
    }
    this.#recordingId = null;
    this.#parts = [];
    this.#waiting?.resolve(outcome);
    this.#waiting = null;
  }
}

/** The learner's interviews that have not ended and can be resumed. */
async function running(socket: Socket): Promise<{ session_id: string; resume_token: string }[]> {
  const { items } = await socket.rest.get("/api/interviews", {});
  return items.flatMap(({ session_id, resume_token }) => (resume_token ? [{ session_id, resume_token }] : []));
}

/**
 * The result of `act`. It is called again, a few times, if the connection is lost meanwhile, and after the time that the server
 * asks for while the last answer is being judged or the next question made.
 */
async function persistently<T>(socket: Socket, act: (isAgain: boolean) => Promise<T>): Promise<T> {
  let losses = 0;
  let waits = 0;
  for (;;) {
    try {
      return await act(losses + waits > 0);
    } catch (error) {
      if (!(error instanceof LyceumError)) throw error;
      if (error.code === "connection_failed") losses += 1;
      else if (error.code === "answer_being_processed" || error.code === "question_not_ready") waits += 1;
      else throw error;
      if (losses === TRIES || waits === WAITS) throw error;
      if (error.code !== "connection_failed") await socket.sleep((error.retryAfter ?? 1) * 1000);
    }
  }
}

export function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

/** A message of the interview that listeners of the socket get. */
export type InterviewMessage = Exclude<Pushed, { type: "pong" | "error" | "chat_delta" | "chat_done" }>;
