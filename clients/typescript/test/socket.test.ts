import { readUIMessageStream } from "ai";
import { afterEach, beforeAll, expect, test } from "vitest";
import { LyceumChatTransport, type LyceumMessage } from "../src/chat-transport.ts";
import { Interview, Socket, upload, waitForDocument } from "../src/index.ts";
import { NOTES, open, rest, socket } from "./learner.ts";

const sockets: Socket[] = [];
const connected = (made: Socket): Socket => (sockets.push(made), made);
afterEach(() => {
  for (const one of sockets.splice(0)) one.close();
});

beforeAll(async () => {
  const document = await upload(rest(), new File([NOTES], "newton.md", { type: "text/markdown" }), { subjectId: "physics_101" });
  await waitForDocument(rest(), document.file_id);
});

/** A socket whose connection ends after so many messages were received, once. */
function cutAfter(messages: number): Socket {
  let left = messages;
  return connected(
    new Socket(rest(), {
      sleep: () => Promise.resolve(),
      open: (url) => {
        const made = open(url);
        made.addEventListener("message", () => {
          left -= 1;
          if (left === 0) made.close();
        });
        return made;
      },
    }),
  );
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

test("the AI SDK's own reader is told of a stream that is cut at any place", async () => {
  for (let at = 1; at < 50; at += 1) {
    const ended = await asked(cutAfter(at)).then(
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

test("an interview goes on when the socket is cut at any message", async () => {
  for (let at = 2; at < 6; at += 1) {
    const interview = await Interview.start(cutAfter(at), { subject_id: "physics_101", max_questions: 2 });
    expect(interview.question).toBeTruthy();
    const first = await interview.write("Inertia is the tendency of a body to resist a change of its motion.");
    expect(first.answered_question_number).toBe(1);
    const second = await interview.write("I do not know.");
    expect(second.answered_question_number).toBe(2);
    interview.leave();
  }
});
