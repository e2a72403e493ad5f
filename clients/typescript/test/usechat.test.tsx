import { useChat } from "@ai-sdk/react";
import { Window } from "happy-dom";
import { act } from "react";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { LyceumChatTransport, type LyceumMessage } from "../src/chat-transport.ts";
import { LyceumError, Socket, upload, waitForDocument } from "../src/index.ts";
import { cutting, CUTS } from "./cuts.ts";
import { eventually, NOTES, rest, socket } from "./learner.ts";

// Of a browser, only a page's document is simulated: requests and connections are those of Node.
const window = new Window();
for (const [name, value] of Object.entries({ window, document: window.document, navigator: window.navigator })) {
  vi.stubGlobal(name, value);
}
vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
const { createRoot } = await import("react-dom/client"); // it looks for the document when it is loaded

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

beforeAll(async () => {
  const document = await upload(rest(), new File([NOTES], "newton.md", { type: "text/markdown" }), { subjectId: "physics_101" });
  await waitForDocument(rest(), document.file_id);
});

type Chat = ReturnType<typeof useChat<LyceumMessage>>;

/** A page with a chat, as a frontend has it: what `useChat` gives to it, and what it shows. */
function page(made: Socket, subjectId = "physics_101"): { chat: () => Chat; shown: () => string } {
  const transport = new LyceumChatTransport(made, { subjectId });
  let latest: Chat | undefined;
  function Chat() {
    const chat = useChat<LyceumMessage>({ transport });
    latest = chat;
    return (
      <ul>
        {chat.messages.map((message) => (
          <li key={message.id}>
            {message.parts.map((part, at) =>
              part.type === "text" ? (
                <p key={at}>{part.text}</p>
              ) : part.type === "data-citations" ? (
                part.data.map((one) => <q key={`${at}.${one.chunk_id}.${one.start}`}>{one.quote}</q>)
              ) : null,
            )}
          </li>
        ))}
      </ul>
    );
  }
  const element = document.body.appendChild(document.createElement("main"));
  const root = createRoot(element);
  act(() => root.render(<Chat />));
  ends.push(() => {
    act(() => root.unmount());
    element.remove();
    made.close();
  });
  return {
    chat: () => {
      if (!latest) throw new Error("nothing was rendered");
      return latest;
    },
    shown: () => element.textContent ?? "",
  };
}

async function settled(chat: () => Chat, begin: () => Promise<void>): Promise<void> {
  await act(begin);
  await act(() => eventually(() => expect(["ready", "error"]).toContain(chat().status)));
}

test("useChat shows the answer with its citations, and goes on with the conversation", async () => {
  const { chat, shown } = page(socket());
  await settled(chat, () => chat().sendMessage({ text: "What is friction?" }));
  expect(chat().status).toBe("ready");
  expect(shown()).toContain("opposes the motion");
  const answer = chat().messages.at(-1);
  const cited = answer?.parts.find((part) => part.type === "data-citations");
  expect(cited?.data[0]?.quote).toContain("Friction is a force");
  const told = answer?.parts.find((part) => part.type === "data-answer");
  expect(told?.data.outcome).toBe("answered");
  await settled(chat, () => chat().sendMessage({ text: "What is inertia?" }));
  const next = chat().messages.at(-1)?.parts.find((part) => part.type === "data-answer");
  expect(next?.data.conversation_id).toBe(told?.data.conversation_id);
});

test("a refusal reaches the component with its code", async () => {
  const { chat } = page(socket(), "no-such-subject");
  await settled(chat, () => chat().sendMessage({ text: "What is friction?" }));
  const { error } = chat();
  expect(error).toBeInstanceOf(LyceumError);
  expect((error as LyceumError).is("subject_not_found")).toBe(true);
});

test("a learner can stop an answer", async () => {
  const { chat } = page(socket());
  await act(async () => {
    const sent = chat().sendMessage({ text: "What is friction?" });
    await chat().stop();
    await sent;
  });
  expect(chat().status).toBe("ready");
});

test.for(CUTS)("useChat tells of a connection that is cut %s, and asks again when it is told to", async (cut) => {
  for (let at = 1; at < 50; at += 1) {
    const { made, wasCut } = cutting(rest(), cut, at);
    const { chat, shown } = page(made);
    await settled(chat, () => chat().sendMessage({ text: "What is friction?" }));
    const isWhole = chat().status === "ready";
    if (!isWhole) {
      expect(chat().error).toBeInstanceOf(LyceumError);
      expect(chat().error).toMatchObject({ code: "connection_failed", message: "The connection was lost." });
      await settled(chat, () => chat().regenerate());
    }
    expect(chat().status).toBe("ready");
    expect(chat().messages.map((message) => message.role)).toEqual(["user", "assistant"]);
    expect(shown()).toContain("opposes the motion");
    const cited = chat().messages.at(-1)?.parts.find((part) => part.type === "data-citations");
    expect(cited?.data[0]?.quote).toContain("Friction is a force");
    if (!wasCut()) {
      expect(at).toBeGreaterThan(cut.endsWith("sent") ? 1 : 2);
      return;
    }
  }
  throw new Error("no answer was without a cut");
});
