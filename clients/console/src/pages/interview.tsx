import { Interview, queryOptions, Recorder, speak, type InterviewSummary, type NotUnderstood, type ResponseProcessed } from "@lyceum/client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useId, useRef, useState, type FormEvent } from "react";
import { useText } from "../language.tsx";
import { Problem, Source, SubjectChoice } from "../parts.tsx";
import { useSession } from "../session.tsx";

export default function InterviewPage() {
  const text = useText();
  const { rest, socket } = useSession();
  const queries = useQueryClient();
  const [interview, setInterview] = useState<Interview | null>(null);
  const [subject, setSubject] = useState("");
  const [topic, setTopic] = useState("");
  const [answer, setAnswer] = useState("");
  const [outcome, setOutcome] = useState<ResponseProcessed | NotUnderstood | null>(null);
  const [summary, setSummary] = useState<InterviewSummary | null>(null);
  const [recorder, setRecorder] = useState<Recorder | null>(null);
  const [isWaiting, setIsWaiting] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const past = useQuery(queryOptions(rest, "/api/interviews", { query: { limit: 10 } }));
  const held = useRef<Interview | null>(null);
  useEffect(() => () => held.current?.leave(), []);
  const input = useId();

  const during = async (work: () => Promise<void>): Promise<void> => {
    if (isWaiting) return;
    setError(null);
    setIsWaiting(true);
    try {
      await work();
    } catch (failed) {
      setError(failed);
    } finally {
      setIsWaiting(false);
    }
  };
  const hold = (begun: Interview): void => {
    held.current = begun;
    setInterview(begun);
    setOutcome(null);
    setSummary(null);
  };
  const begin = (event: FormEvent): void => {
    event.preventDefault();
    void during(async () => hold(await Interview.start(socket, { subject_id: subject || null, topic: topic.trim() || null })));
  };
  const take = (processed: ResponseProcessed | NotUnderstood | null): void => {
    setOutcome(processed);
    void queries.invalidateQueries({ queryKey: ["lyceum", "/api/profile"] });
  };
  const write = (event: FormEvent): void => {
    event.preventDefault();
    if (!interview || !answer.trim()) return;
    void during(async () => {
      take(await interview.write(answer));
      setAnswer("");
    });
  };
  const end = () =>
    during(async () => {
      if (interview) setSummary(await interview.end());
      setInterview(null);
      await past.refetch();
    });

  if (summary) {
    return (
      <>
        <h1>{text("interview.summary")}</h1>
        {summary.overall_score !== null && <p className="score">{text("quiz.score", { score: Math.round(summary.overall_score) })}</p>}
        <List items={summary.strengths} />
        <List items={summary.improvements} />
        <ol>
          {summary.transcript.map((turn) => (
            <li key={turn.question_number}>
              <p>
                <strong>{turn.question}</strong>
              </p>
              <p>{turn.transcription}</p>
            </li>
          ))}
        </ol>
        <button type="button" onClick={() => setSummary(null)}>
          {text("interview.again")}
        </button>
      </>
    );
  }
  if (!interview) {
    const open = past.data?.items.filter((one) => one.resume_token) ?? [];
    return (
      <>
        <h1>{text("nav.interview")}</h1>
        <form onSubmit={begin}>
          <SubjectChoice value={subject} onChange={setSubject} />
          <label>
            {text("interview.topic")}
            <input type="text" maxLength={200} value={topic} onChange={(event) => setTopic(event.target.value)} />
          </label>
          <button type="submit" disabled={isWaiting}>
            {isWaiting ? text("interview.waiting") : text("interview.start")}
          </button>
        </form>
        {open.map((one) => (
          <p key={one.session_id}>
            {one.topic ?? one.started_at}{" "}
            <button
              type="button"
              onClick={() => void during(async () => hold(await Interview.resume(socket, one.session_id, one.resume_token ?? "")))}
            >
              {text("interview.resume")}
            </button>
          </p>
        ))}
        <Problem error={error} />
        {past.data && past.data.items.length > 0 && (
          <>
            <h2>{text("interview.past")}</h2>
            <ul>
              {past.data.items.map((one) => (
                <li key={one.session_id}>
                  <time dateTime={one.started_at}>{new Date(one.started_at).toLocaleString()}</time> {one.topic}{" "}
                  {one.overall_score !== null && `${Math.round(one.overall_score)} %`}
                </li>
              ))}
            </ul>
          </>
        )}
      </>
    );
  }
  return (
    <>
      <h1>{text("nav.interview")}</h1>
      {outcome && <Outcome outcome={outcome} />}
      {interview.question && !interview.isComplete && (
        <>
          <h2>{text("interview.question", { number: interview.questionNumber })}</h2>
          <p className="asked" aria-live="polite">
            {interview.question}
          </p>
          <button type="button" className="plain" onClick={() => speak(interview.question ?? "", "en-US")}>
            {text("interview.speak")}
          </button>
          {recorder ? (
            <p className="row">
              <button
                type="button"
                onClick={() =>
                  void during(async () => {
                    setRecorder(null);
                    take(await recorder.stop());
                  })
                }
              >
                {text("interview.stop")}
              </button>
              <button
                type="button"
                onClick={() =>
                  void during(async () => {
                    setRecorder(null);
                    await recorder.discard();
                  })
                }
              >
                {text("interview.discard")}
              </button>
            </p>
          ) : (
            <form onSubmit={write}>
              <label htmlFor={input}>{text("interview.answer")}</label>
              <textarea id={input} rows={4} maxLength={4000} value={answer} onChange={(event) => setAnswer(event.target.value)} />
              <p className="row">
                <button type="submit" disabled={isWaiting}>
                  {text("interview.send")}
                </button>
                <button type="button" disabled={isWaiting} onClick={() => void during(async () => setRecorder(await Recorder.start(interview)))}>
                  {text("interview.record")}
                </button>
              </p>
            </form>
          )}
        </>
      )}
      <p role="status">{isWaiting ? text("interview.waiting") : ""}</p>
      <Problem error={error} />
      <button type="button" onClick={() => void end()} disabled={isWaiting}>
        {text("interview.end")}
      </button>
    </>
  );
}

function Outcome({ outcome }: { outcome: ResponseProcessed | NotUnderstood }) {
  const text = useText();
  if (outcome.type === "transcription_partial") return <p role="status">{outcome.message}</p>;
  return (
    <section className="outcome" aria-live="polite">
      {outcome.score !== null && <p className="score">{text("quiz.score", { score: Math.round(outcome.score) })}</p>}
      <blockquote>{outcome.transcription}</blockquote>
      <p className="pre">{outcome.feedback}</p>
      <ul>
        {outcome.facts
          .filter((one) => one.fact)
          .map((one) => (
            <li key={one.fact}>
              <strong>{text(`verdict.${one.verdict}`)}</strong>: {one.fact} {one.citation && <Source citation={one.citation} />}
            </li>
          ))}
      </ul>
    </section>
  );
}

function List({ items }: { items: string[] }) {
  return items.length === 0 ? null : (
    <ul>
      {items.map((one) => (
        <li key={one}>{one}</li>
      ))}
    </ul>
  );
}
