import { useChat } from "@ai-sdk/react";
import type { components } from "@lyceum/client";
import { LyceumChatTransport, type LyceumMessage } from "@lyceum/client/chat-transport";
import { MessagesSquare } from "lucide-react";
import { Fragment, useEffect, useId, useRef, useState, type ReactNode } from "react";
import { submitting } from "../actions.ts";
import { useDraft } from "../drafts.ts";
import { textOr, useText } from "../language.tsx";
import { Empty, Problem, Source, SubjectChoice, type CitationBody } from "../parts.tsx";
import { useSession } from "../session.tsx";

export type StoredMessage = components["schemas"]["MessageBody"];
type Part<T extends LyceumMessage["parts"][number]["type"]> = Extract<LyceumMessage["parts"][number], { type: T }>;

/** A message of the server in the form that `useChat` uses. */
export function kept(one: StoredMessage): LyceumMessage {
  if (one.message_type === "user") return { id: one.message_id, role: "user", parts: [{ type: "text", text: one.content }] };
  const { message_id, conversation_id, outcome, statements, warnings } = one;
  return {
    id: message_id,
    role: "assistant",
    parts: [
      { type: "text", text: one.content },
      { type: "data-citations", data: one.citations },
      { type: "data-answer", data: { conversation_id, message_id, outcome: outcome ?? "answered", statements, warnings } },
    ],
  };
}

const part = <T extends LyceumMessage["parts"][number]["type"]>(message: LyceumMessage, type: T): Part<T> | undefined =>
  message.parts.find((one): one is Part<T> => one.type === type);
const said = (message: LyceumMessage): string => message.parts.map((one) => (one.type === "text" ? one.text : "")).join("");

/** One conversation with the tutor. AI SDK's `useChat` streams it over the client's transport. */
export function Conversation({
  conversationId,
  before,
  onBegun,
  onAnswered,
}: {
  conversationId: string | undefined;
  before: LyceumMessage[];
  onBegun: (conversationId: string) => void;
  onAnswered: () => void;
}) {
  const text = useText();
  const { socket } = useSession();
  const [subject, setSubject] = useState("");
  const [question, setQuestion, forgetQuestion] = useDraft(`tutor.${conversationId ?? "new"}`, "");
  const [transport, setTransport] = useState(() => new LyceumChatTransport(socket, conversationId ? { conversationId } : {}));
  const chat = useChat<LyceumMessage>({
    id: conversationId ?? "new",
    messages: before,
    transport: { sendMessages: (wanted) => current.current.sendMessages(wanted), reconnectToStream: () => current.current.reconnectToStream() },
    onFinish: ({ isAbort, isError }) => {
      if (!isAbort && !isError) onAnswered();
    },
  });
  const current = useRef(transport);
  current.current = transport;
  const isBusy = chat.status === "submitted" || chat.status === "streaming";
  const last = chat.messages.at(-1);
  const began = last && part(last, "data-answer")?.data.conversation_id;
  const isTold = useRef(conversationId !== undefined);
  useEffect(() => {
    if (!began || isTold.current) return;
    isTold.current = true;
    onBegun(began);
  }, [began, onBegun]);
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (chat.messages.length > 0) end.current?.scrollIntoView({ block: "nearest" });
  }, [chat.messages]);
  const stop = chat.stop;
  useEffect(() => () => void stop(), [stop]);
  const input = useId();

  const ask = submitting(() => {
    const wanted = question.trim();
    if (!wanted || isBusy) return;
    forgetQuestion();
    void chat.sendMessage({ text: wanted });
  });
  const choose = (chosen: string): void => {
    setSubject(chosen);
    setTransport(new LyceumChatTransport(socket, chosen ? { subjectId: chosen } : {}));
  };
  return (
    <>
      <div className="messages" aria-live="polite" aria-busy={isBusy}>
        {chat.messages.map((message) => (
          <article key={message.id} className={message.role === "user" ? "said own" : "said"}>
            <h3 className="visually-hidden">{text(message.role === "user" ? "tutor.you" : "tutor.tutor")}</h3>
            {message.role === "user" ? <p className="pre">{said(message)}</p> : <Answer message={message} />}
          </article>
        ))}
        {chat.status === "submitted" && <p className="said dots">{text("tutor.thinking")}</p>}
        {chat.messages.length === 0 && (
          <Empty title={text("tutor.none")} icon={<MessagesSquare size={30} aria-hidden="true" />}>
            <p>{text("tutor.none.help")}</p>
          </Empty>
        )}
      </div>
      <Problem error={chat.error} onRetry={() => void chat.regenerate()} />
      <div ref={end} />
      <form className="asker" onSubmit={ask}>
        {chat.messages.length === 0 && (
          <div className="fields">
            <SubjectChoice value={subject} onChange={choose} />
          </div>
        )}
        <div className="row">
          <label htmlFor={input}>
            {text("tutor.ask")}
            <textarea
              id={input}
              rows={2}
              maxLength={4000}
              value={question}
              onChange={(event) => setQuestion(event.target.value)}
              onKeyDown={(event) => {
                if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
                  event.preventDefault();
                  event.currentTarget.form?.requestSubmit();
                }
              }}
            />
          </label>
          {isBusy ? (
            <button type="button" className="second" onClick={() => void chat.stop()}>
              {text("tutor.stop")}
            </button>
          ) : (
            <button type="submit" disabled={!question.trim()}>
              {text("tutor.send")}
            </button>
          )}
        </div>
      </form>
    </>
  );
}

/** The text of an answer and its sources. Sentences that no source supports are marked. The text is plain text, never HTML. */
function Answer({ message }: { message: LyceumMessage }) {
  const text = useText();
  const response = said(message);
  const citations = part(message, "data-citations")?.data ?? [];
  const answer = part(message, "data-answer")?.data;
  const parts: ReactNode[] = [];
  let at = 0;
  const claims = answer?.outcome === "answered" || answer?.outcome === "partial" ? answer.statements : []; // answers of other kinds have no statements to check
  for (const one of claims) {
    if (one.support !== "unsupported") continue;
    parts.push(<Fragment key={`before${one.start}`}>{response.slice(at, one.start)}</Fragment>);
    parts.push(
      <span key={one.start} className="unsupported" title={text("tutor.unsupported")}>
        {response.slice(one.start, one.end)}
        <span className="visually-hidden"> ({text("tutor.unsupported")})</span>
      </span>,
    );
    at = one.end;
  }
  parts.push(<Fragment key="rest">{response.slice(at)}</Fragment>);
  return (
    <>
      <p className="pre">{parts}</p>
      {at > 0 && <p className="small soft">{text("tutor.unsupported.some")}</p>}
      {citations.length > 0 && (
        <>
          <h4>{text("tutor.sources")}</h4>
          <ol className="sources">
            {citations.map((citation, index) => (
              <li key={`${citation.chunk_id}${citation.start}`}>
                <Source citation={citation} number={index + 1} to={besides(citation)} />
              </li>
            ))}
          </ol>
        </>
      )}
      {answer?.warnings.map((warning) => (
        <p key={warning.file_id + warning.code} className="callout warn">
          {text("tutor.unread", { name: warning.source_file, message: textOr(`warning.${warning.code}`, warning.message, text) })}
        </p>
      ))}
    </>
  );
}

/** The address that opens the source beside the conversation. */
function besides(citation: CitationBody): string {
  const place = new URLSearchParams({ file: citation.file_id, index: String(citation.index), quote: citation.quote });
  if (citation.page) place.set("page", String(citation.page));
  return `?${place}`;
}
