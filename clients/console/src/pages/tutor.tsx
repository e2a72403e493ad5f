import { pageOptions, type ChatDone, type components } from "@lyceum/client";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { Fragment, useEffect, useId, useRef, useState, type FormEvent, type ReactNode } from "react";
import { NavLink, useNavigate, useParams } from "react-router";
import { useText } from "../language.tsx";
import { Problem, Source, SubjectChoice } from "../parts.tsx";
import { useSession } from "../session.tsx";

type Message = components["schemas"]["MessageBody"];
type Answer = Pick<ChatDone, "response" | "citations" | "statements" | "warnings">;

export default function TutorPage() {
  const text = useText();
  const { rest, socket } = useSession();
  const { conversationId } = useParams();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const options = pageOptions(rest, "/api/chat/conversations", { query: { limit: 20 } });
  const conversations = useInfiniteQuery(options);
  const messages = useQuery({
    queryKey: ["messages", conversationId],
    enabled: conversationId !== undefined,
    queryFn: async () => {
      const all: Message[] = [];
      const path = { conversation_id: conversationId ?? "" };
      for await (const one of rest.items("/api/chat/conversations/{conversation_id}", { path, query: { limit: 100 } })) all.push(one);
      return all;
    },
  });
  const [subject, setSubject] = useState("");
  const [question, setQuestion] = useState("");
  const [asked, setAsked] = useState<string | null>(null);
  const [pieces, setPieces] = useState("");
  const [error, setError] = useState<unknown>(null);
  const stop = useRef<AbortController | null>(null);
  const input = useId();
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    end.current?.scrollIntoView({ block: "nearest" });
  }, [pieces, messages.data, asked]);
  useEffect(() => () => stop.current?.abort(), []);

  const ask = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const wanted = question.trim();
    if (!wanted || asked !== null) return;
    setError(null);
    setAsked(wanted);
    setQuestion("");
    stop.current = new AbortController();
    try {
      const answer = socket.chat(
        { message: wanted, conversation_id: conversationId ?? null, subject_id: subject || null },
        stop.current.signal,
      );
      let told = "";
      for (let step = await answer.next(); ; step = await answer.next()) {
        if (step.done) {
          await queries.invalidateQueries({ queryKey: ["messages", step.value.conversation_id] });
          await queries.invalidateQueries({ queryKey: options.queryKey });
          if (!conversationId) await navigate(`/tutor/${step.value.conversation_id}`, { replace: true });
          break;
        }
        told += step.value;
        setPieces(told);
      }
    } catch (failed) {
      if (!stop.current.signal.aborted) setError(failed);
      setQuestion(wanted);
    } finally {
      setAsked(null);
      setPieces("");
    }
  };

  return (
    <div className="tutor">
      <section aria-labelledby="conversations">
        <h2 id="conversations">{text("tutor.conversations")}</h2>
        <NavLink to="/tutor" end>
          {text("tutor.new")}
        </NavLink>
        <ul>
          {conversations.data?.pages
            .flatMap((page) => page.items)
            .map((one) => (
              <li key={one.conversation_id}>
                <NavLink to={`/tutor/${one.conversation_id}`}>{one.title}</NavLink>
              </li>
            ))}
        </ul>
        {conversations.hasNextPage && (
          <button type="button" className="plain" onClick={() => void conversations.fetchNextPage()}>
            {text("more")}
          </button>
        )}
      </section>
      <section aria-labelledby="tutor">
        <h1 id="tutor">{text("nav.tutor")}</h1>
        <div className="messages" aria-live="polite">
          {messages.data?.map((message) =>
            message.message_type === "user" ? (
              <Said key={message.message_id} who={text("tutor.you")} isOwn>
                <p>{message.content}</p>
              </Said>
            ) : (
              <Said key={message.message_id} who={text("tutor.tutor")}>
                <Answered answer={{ ...message, response: message.content }} />
              </Said>
            ),
          )}
          {asked !== null && (
            <>
              <Said who={text("tutor.you")} isOwn>
                <p>{asked}</p>
              </Said>
              <Said who={text("tutor.tutor")}>
                <p className="pre">{pieces || text("loading")}</p>
              </Said>
            </>
          )}
        </div>
        <Problem error={error ?? messages.error} />
        <div ref={end} />
        <form onSubmit={(event) => void ask(event)}>
          {!conversationId && <SubjectChoice value={subject} onChange={setSubject} />}
          <label htmlFor={input}>{text("tutor.ask")}</label>
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
          {asked === null ? (
            <button type="submit">{text("tutor.send")}</button>
          ) : (
            <button type="button" onClick={() => stop.current?.abort()}>
              {text("tutor.stop")}
            </button>
          )}
        </form>
      </section>
    </div>
  );
}

function Said({ who, isOwn = false, children }: { who: string; isOwn?: boolean; children: ReactNode }) {
  return (
    <article className={isOwn ? "said own" : "said"}>
      <h3 className="visually-hidden">{who}</h3>
      {children}
    </article>
  );
}

/** The text of an answer with what no source supports marked, and its sources. The text is plain: nothing in it is a tag. */
function Answered({ answer }: { answer: Answer }) {
  const text = useText();
  const unsupported = answer.statements.filter((one) => one.support === "unsupported");
  const parts: ReactNode[] = [];
  let at = 0;
  for (const one of unsupported) {
    parts.push(<Fragment key={`before${one.start}`}>{answer.response.slice(at, one.start)}</Fragment>);
    parts.push(
      <span key={one.start} className="unsupported" title={text("tutor.unsupported")}>
        {answer.response.slice(one.start, one.end)}
        <span className="visually-hidden"> ({text("tutor.unsupported")})</span>
      </span>,
    );
    at = one.end;
  }
  parts.push(<Fragment key="rest">{answer.response.slice(at)}</Fragment>);
  return (
    <>
      <p className="pre">{parts}</p>
      {answer.citations.length > 0 && (
        <>
          <h4>{text("tutor.sources")}</h4>
          <ol className="sources">
            {answer.citations.map((citation, index) => (
              <li key={`${citation.chunk_id}${citation.start}`}>
                <Source citation={citation} number={index + 1} />
              </li>
            ))}
          </ol>
        </>
      )}
      {answer.warnings.map((warning) => (
        <p key={warning.file_id + warning.code} className="warning">
          {text("tutor.unread", { name: warning.source_file, message: warning.message })}
        </p>
      ))}
    </>
  );
}
