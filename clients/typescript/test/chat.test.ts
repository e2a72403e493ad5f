import { readUIMessageStream } from "ai";
import { afterEach, beforeAll, expect, test } from "vitest";
import { LyceumChatTransport, type LyceumMessage } from "../src/chat-transport.ts";
import { Socket, upload, waitForDocument } from "../src/index.ts";
import { cutting } from "./cuts.ts";
import { NOTES, rest, socket } from "./learner.ts";

const sockets: Socket[] = [];
const connected = (made: Socket): Socket => (sockets.push(made), made);
afterEach(() => {
  for (const one of sockets.splice(0)) one.close();
});

beforeAll(async () => {
  const document = await upload(rest(), new File([NOTES], "newton.md", { type: "text/markdown" }), { subjectId: "physics_101" });
  await waitForDocument(rest(), document.file_id);
});

async function asked(made: Socket): Promise<LyceumMessage> {
  const transport = new LyceumChatTransport(made, { subjectId: "physics_101" });
  const question: LyceumMessage = { id: "1", role: "user", parts: [{ type: "text", text: "What is friction?" }] };
  const stream = await transport.sendMessages({
    trigger: "submit-message",
    chatId: "chat",
    messageId: undefined,
    messages: [question],
    abortSignal: undefined,
  });
  let latest: LyceumMessage | undefined;
  for await (const message of readUIMessageStream<LyceumMessage>({ stream, terminateOnError: true })) latest = message;
  if (!latest) throw new Error("nothing was streamed");
  return latest;
}

test("the AI SDK's own reader gets the text and the citations", async () => {
  const message = await asked(connected(socket()));
  const text = message.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  expect(text).toContain("opposes the motion");
  const cited = message.parts.find((part) => part.type === "data-citations");
  expect(cited?.data[0]?.quote).toContain("Friction is a force");
});

test("the AI SDK's own reader gets an error if the stream is cut at any place", async () => {
  for (let at = 1; at < 50; at += 1) {
    const ended = await asked(connected(cutting(rest(), "after it is received", at).made)).then(
      () => "whole",
      (error: unknown) => String(error),
    );
    if (ended === "whole") {
      expect(at).toBeGreaterThan(1);
      return;
    }
    expect(ended).toContain("The connection was lost.");
  }
  throw new Error("no stream was whole");
});

