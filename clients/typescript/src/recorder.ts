import type { Interview, NotUnderstood, ResponseProcessed } from "./interview.ts";

/** The formats that browsers record, the preferred one first, each with its name in the contract. */
const FORMATS = [
  ["audio/webm;codecs=opus", "webm"],
  ["audio/ogg;codecs=opus", "ogg"],
  ["audio/mp4", "mp4"],
] as const;
const PART_BYTES = 24_000;
const PIECE_MS = 1000;

/** Records the microphone, and sends the sound to the interview while the learner speaks. */
export class Recorder {
  readonly #interview: Interview;
  readonly #recorder: MediaRecorder;
  readonly #format: (typeof FORMATS)[number][1];
  #sending: Promise<unknown> = Promise.resolve();
  #rest: Uint8Array = new Uint8Array();

  private constructor(interview: Interview, stream: MediaStream, [type, format]: (typeof FORMATS)[number]) {
    this.#interview = interview;
    this.#format = format;
    this.#recorder = new MediaRecorder(stream, { mimeType: type });
    this.#recorder.ondataavailable = (event) => {
      this.#sending = this.#sending.then(() => this.#send(event.data));
    };
  }

  /** Ask for the microphone, and begin. Throws the browser's `DOMException` if it is refused or there is none. */
  static async start(interview: Interview): Promise<Recorder> {
    const format = FORMATS.find(([type]) => MediaRecorder.isTypeSupported(type));
    if (!format) throw new DOMException("This browser records no format that is read.", "NotSupportedError");
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    try {
      const recorder = new Recorder(interview, stream, format);
      recorder.#recorder.start(PIECE_MS);
      interview.record();
      return recorder;
    } catch (error) {
      for (const track of stream.getTracks()) track.stop(); // otherwise the browser still shows that the microphone is on
      throw error;
    }
  }

  /** End the recording. Returns the outcome of the answer. */
  async stop(): Promise<ResponseProcessed | NotUnderstood | null> {
    await this.#ended();
    await this.#sending;
    return this.#interview.part(this.#rest, this.#format, true);
  }

  /** Discard the recording; the question stays open. */
  async discard(): Promise<void> {
    await this.#ended();
    await this.#sending;
    await this.#interview.discard();
  }

  #ended(): Promise<void> {
    return new Promise((resolve) => {
      this.#recorder.onstop = () => resolve();
      this.#recorder.stop();
      for (const track of this.#recorder.stream.getTracks()) track.stop();
    });
  }

  /** Send the complete parts, and keep the rest, so that the last part is never empty. */
  async #send(blob: Blob): Promise<void> {
    const fresh = new Uint8Array(await blob.arrayBuffer());
    const sound = new Uint8Array(this.#rest.length + fresh.length);
    sound.set(this.#rest);
    sound.set(fresh, this.#rest.length);
    let at = 0;
    for (; sound.length - at > PART_BYTES; at += PART_BYTES) {
      await this.#interview.part(sound.slice(at, at + PART_BYTES), this.#format, false);
    }
    this.#rest = sound.slice(at);
  }
}

/** Say the text aloud, if the browser can. Returns a function that stops it. */
export function speak(text: string, language: string): () => void {
  if (typeof speechSynthesis === "undefined") return () => undefined;
  const utterance = new SpeechSynthesisUtterance(text);
  utterance.lang = language;
  speechSynthesis.cancel();
  speechSynthesis.speak(utterance);
  return () => speechSynthesis.cancel();
}
