import type { ChatTransport, UIMessage } from "ai";
import type { ChatDone, Socket } from "./socket.ts";

/** The data of an answer besides its text. `data-citations` and `data-answer` are parts of the assistant's message. */
export type LyceumData = {
  citations: ChatDone["citations"];
  answer: Pick<ChatDone, "conversation_id" | "message_id" | "outcome" | "statements" | "warnings">;
};
export type LyceumMessage = UIMessage<unknown, LyceumData>;
type Stream = Awaited<ReturnType<ChatTransport<LyceumMessage>["sendMessages"]>>;

/**
 * Lets AI SDK's `useChat` ask the tutor over the WebSocket. One transport has one conversation, which the first answer begins.
 * The `error` of `useChat` is the `LyceumError` itself, with its code.
 */
export class LyceumChatTransport implements ChatTransport<LyceumMessage> {
  readonly #socket: Socket;
  readonly #subjectId: string | null;
  conversationId: string | null;

  constructor(socket: Socket, options: { conversationId?: string; subjectId?: string } = {}) {
    this.#socket = socket;
    this.conversationId = options.conversationId ?? null;
    this.#subjectId = options.subjectId ?? null;
  }

  async sendMessages({ messages, abortSignal }: Parameters<ChatTransport<LyceumMessage>["sendMessages"]>[0]): Promise<Stream> {
    const asked = messages.findLast((message) => message.role === "user");
    const question = asked?.parts.map((part) => (part.type === "text" ? part.text : "")).join("") ?? "";
    const answer = this.#socket.chat(
      { message: question, conversation_id: this.conversationId, subject_id: this.#subjectId },
      abortSignal,
    );
    const keep = (done: ChatDone): void => {
      this.conversationId = done.conversation_id;
    };
    return new ReadableStream({
      async start(controller) {
        controller.enqueue({ type: "start" });
        let isOpen = false;
        try {
          for (;;) {
            const { done, value } = await answer.next();
            if (done) {
              keep(value);
              if (isOpen) controller.enqueue({ type: "text-end", id: "answer" });
              controller.enqueue({ type: "data-citations", data: value.citations });
              const { conversation_id, message_id, outcome, statements, warnings } = value;
              controller.enqueue({ type: "data-answer", data: { conversation_id, message_id, outcome, statements, warnings } });
              controller.enqueue({ type: "finish", finishReason: "stop" });
              break;
            }
            if (!isOpen) controller.enqueue({ type: "text-start", id: "answer" });
            isOpen = true;
            controller.enqueue({ type: "text-delta", id: "answer", delta: value });
          }
        } catch (error) {
          if (!abortSignal?.aborted) return controller.error(error); // an error inside the stream would lose its code
          controller.enqueue({ type: "abort" });
        }
        controller.close();
      },
    });
  }

  /** An interrupted answer is not streamed again, because the conversation has it. */
  async reconnectToStream(): Promise<null> {
    return null;
  }
}
