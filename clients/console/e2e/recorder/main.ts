// A page with the client's recorder and a fake interview, which stores the parts that it gets.
import { Recorder, type Interview } from "@lyceum/client";

interface Part {
  bytes: Uint8Array<ArrayBuffer>;
  format: string;
  isFinal: boolean;
}

const parts: Part[] = [];
const calls: string[] = [];
const interview = {
  record: () => calls.push("record"),
  part: async (bytes: Uint8Array<ArrayBuffer>, format: string, isFinal: boolean) => {
    parts.push({ bytes, format, isFinal });
    return null;
  },
  discard: async () => calls.push("discard"),
} as unknown as Interview;

let stream: MediaStream | undefined;
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => (stream = await ask(wanted));

/** Seconds of sound in the whole recording, as the browser itself decodes it. */
async function seconds(): Promise<number> {
  const whole = await new Blob(parts.map((one) => one.bytes)).arrayBuffer();
  return (await new AudioContext().decodeAudioData(whole)).duration;
}

Object.assign(window, {
  start: () => Recorder.start(interview),
  seconds,
  heard: () => parts.map(({ bytes, format, isFinal }) => ({ size: bytes.length, format, isFinal })),
  calls: () => calls,
  isListening: () => stream?.getTracks().some((track) => track.readyState === "live") ?? false,
  /** Makes the browser record only types that begin with this text. */
  only: (beginning: string) => {
    const known = MediaRecorder.isTypeSupported.bind(MediaRecorder);
    MediaRecorder.isTypeSupported = (type) => type.startsWith(beginning) && known(type);
  },
});
