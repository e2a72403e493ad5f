import { Interview, pageOptions, Recorder, speak, type InterviewSummary, type NotUnderstood, type ResponseProcessed } from "@lyceum/client";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Mic, Volume2 } from "lucide-react";
import { useEffect, useId, useReducer, useRef, useState } from "react";
import { Link } from "react-router";
import { textOr, useMoment, useText } from "../language.tsx";
import { Badge, Empty, Loading, More, PageHead, Problem, SubjectChoice } from "../parts.tsx";
import { Facts } from "../facts.tsx";
import { submitting } from "../actions.ts";
import { useDraft } from "../drafts.ts";
import { useSession } from "../session.tsx";
import { useToast } from "../toasts.tsx";

type Outcome = ResponseProcessed | NotUnderstood;
const LANGUAGE = "en-US"; // the language of interviews that are started on this page

export default function InterviewPage() {
  const { socket } = useSession();
  const queries = useQueryClient();
  const [interview, setInterview] = useState<Interview | null>(null);
  const [language, setLanguage] = useState(LANGUAGE);
  const [summary, setSummary] = useState<InterviewSummary | null>(null);
  const [isWaiting, setIsWaiting] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const held = useRef<Interview | null>(null);
  useEffect(() => () => held.current?.leave(), []);

  /** Does one thing at a time, so that a double click has no second effect. */
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
  const hold = (begun: Interview, spoken: string): void => {
    held.current = begun;
    setInterview(begun);
    setLanguage(spoken);
    setSummary(null);
  };
  const end = () =>
    during(async () => {
      if (interview) setSummary(await interview.end());
      setInterview(null);
      await queries.invalidateQueries({ queryKey: ["lyceum"] });
    });
  if (summary) return <Summary summary={summary} onAgain={() => setSummary(null)} />;
  if (!interview) return <Beginning isWaiting={isWaiting} error={error} during={during} onBegun={hold} begin={(wanted) => Interview.start(socket, { ...wanted, language: LANGUAGE })} />;
  return <Room interview={interview} language={language} isWaiting={isWaiting} error={error} during={during} onEnd={() => void end()} />;
}

type During = (work: () => Promise<void>) => Promise<void>;

function Beginning({
  isWaiting,
  error,
  during,
  onBegun,
  begin,
}: {
  isWaiting: boolean;
  error: unknown;
  during: During;
  onBegun: (interview: Interview, language: string) => void;
  begin: (wanted: { subject_id: string | null; topic: string | null }) => Promise<Interview>;
}) {
  const text = useText();
  const moment = useMoment();
  const { rest, socket } = useSession();
  const [subject, setSubject] = useState("");
  const [topic, setTopic] = useState("");
  const past = useInfiniteQuery(pageOptions(rest, "/api/interviews", { query: { limit: 10 } }));
  const interviews = past.data?.pages.flatMap((page) => page.items) ?? [];
  const send = submitting(() => void during(async () => onBegun(await begin({ subject_id: subject || null, topic: topic.trim() || null }), LANGUAGE)));
  return (
    <>
      <PageHead title={text("nav.interview")}>{text("interview.intro")}</PageHead>
      <form className="card stack" onSubmit={send}>
        <div className="fields">
          <SubjectChoice value={subject} onChange={setSubject} />
          <label>
            {text("interview.topic")}
            <input type="text" maxLength={200} value={topic} onChange={(event) => setTopic(event.target.value)} />
          </label>
        </div>
        <Problem error={error} />
        <p>
          <button type="submit" disabled={isWaiting}>
            {isWaiting ? text("interview.waiting") : text("interview.start")}
          </button>
        </p>
      </form>
      <section className="section stack" aria-labelledby="past">
        <h2 id="past">{text("interview.past")}</h2>
        {past.isPending && <Loading />}
        <Problem error={past.error} onRetry={() => void past.refetch()} />
        {past.isSuccess && interviews.length === 0 && (
          <Empty title={text("interview.none")} icon={<Mic size={30} aria-hidden="true" />}>
            <p>{text("interview.none.help")}</p>
          </Empty>
        )}
        <ul className="rows">
          {interviews.map((one) => (
            <li key={one.session_id} className="row spread">
              <span className="row">
                <Link to={`/interview/${one.session_id}`}>{one.topic ?? text("interview.untitled")}</Link>
                <span className="small soft">{moment(one.started_at, "moment")}</span>
              </span>
              <span className="row">
                {one.overall_score !== null && <Badge tone="accent">{Math.round(one.overall_score)} %</Badge>}
                {one.resume_token && (
                  <button
                    type="button"
                    className="second"
                    disabled={isWaiting}
                    onClick={() => void during(async () => onBegun(await Interview.resume(socket, one.session_id, one.resume_token ?? ""), one.language))}
                  >
                    {text("interview.resume")}
                    <span className="visually-hidden">: {one.topic ?? moment(one.started_at, "moment")}</span>
                  </button>
                )}
              </span>
            </li>
          ))}
        </ul>
        <More list={past} />
      </section>
    </>
  );
}

/** The open question, with fields for a written and a spoken answer. */
function Room({
  interview,
  language,
  isWaiting,
  error,
  during,
  onEnd,
}: {
  interview: Interview;
  language: string;
  isWaiting: boolean;
  error: unknown;
  during: During;
  onEnd: () => void;
}) {
  const text = useText();
  const toast = useToast();
  const { socket } = useSession();
  const queries = useQueryClient();
  const [answer, setAnswer, forgetAnswer] = useDraft(`interview.${interview.sessionId}`, "");
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [recorder, setRecorder] = useState<Recorder | null>(null);
  const input = useId();
  const [, redraw] = useReducer((times: number) => times + 1, 0);
  useEffect(() => socket.on("interview_resumed", redraw), [socket]); // it brings a question that was not ready before
  const listening = useRef<Recorder | "left" | null>(null);
  if (listening.current !== "left") listening.current = recorder;
  useEffect(() => {
    listening.current = null;
    return () => {
      if (listening.current instanceof Recorder) giveUp(listening.current);
      listening.current = "left";
    };
  }, []);
  const record = () =>
    during(async () => {
      const begun = await Recorder.start(interview);
      if (listening.current === "left") giveUp(begun);
      else setRecorder(begun);
    });
  const take = (processed: Outcome | null): void => {
    setOutcome(processed);
    void queries.invalidateQueries({ queryKey: ["lyceum", "/api/profile"] });
  };
  const write = submitting(() => {
    if (!answer.trim()) return;
    void during(async () => {
      take(await interview.write(answer));
      forgetAnswer();
    });
  });
  const finish = (work: (recorder: Recorder) => Promise<void>) => () => {
    if (recorder) void during(() => work(recorder).finally(() => setRecorder(null)));
  };
  return (
    <>
      <PageHead
        title={text("nav.interview")}
        actions={
          <button type="button" className="second" onClick={onEnd} disabled={isWaiting}>
            {text("interview.end")}
          </button>
        }
      />
      <div className="stack">
        {outcome && <Told outcome={outcome} />}
        {!interview.isComplete && (
          <section className="card stack" aria-labelledby="question">
            <div className="row spread">
              <h2 id="question">{text("interview.question", { number: interview.questionNumber })}</h2>
              <button type="button" className="plain" disabled={!interview.question} onClick={() => speak(interview.question ?? "", language)}>
                <Volume2 size={18} aria-hidden="true" />
                {text("interview.speak")}
              </button>
            </div>
            <p className="asked" aria-live="polite">
              {interview.question ?? text("interview.nextLater")}
            </p>
            {recorder ? (
              <div className="row">
                <Recording />
                <button type="button" disabled={isWaiting} onClick={finish(async (one) => take(await one.stop()))}>
                  {text("interview.stop")}
                </button>
                <button type="button" className="second" disabled={isWaiting} onClick={finish(async (one) => {
                  await one.discard();
                  toast(text("interview.discarded"));
                })}>
                  {text("interview.discard")}
                </button>
              </div>
            ) : (
              <form className="stack tight" onSubmit={write}>
                <label htmlFor={input}>{text("interview.answer")}</label>
                <textarea id={input} rows={4} maxLength={4000} value={answer} onChange={(event) => setAnswer(event.target.value)} />
                <div className="row">
                  <button type="submit" disabled={isWaiting || !interview.question || !answer.trim()}>
                    {text("interview.send")}
                  </button>
                  <button
                    type="button"
                    className="second"
                    disabled={isWaiting || !interview.question}
                    onClick={() => void record()}
                  >
                    <Mic size={16} aria-hidden="true" />
                    {text("interview.record")}
                  </button>
                </div>
              </form>
            )}
          </section>
        )}
        {interview.isComplete && <p className="callout good">{text("interview.complete")}</p>}
        <p role="status">{isWaiting ? text("interview.waiting") : ""}</p>
        <Problem error={error} />
      </div>
    </>
  );
}

/** Releases the microphone when the person leaves the page, and discards the recording. */
function giveUp(recorder: Recorder): void {
  void recorder.discard().catch(() => undefined); // the interview may have ended
}

/** Shows that the microphone is on, and for how long. Screen readers say only that it is on. */
function Recording() {
  const text = useText();
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const ticks = setInterval(() => setSeconds((before) => before + 1), 1000);
    return () => clearInterval(ticks);
  }, []);
  return (
    <span className="microphone">
      <span role="status">{text("interview.recording")}</span>
      <span role="timer">{text("interview.seconds", { seconds })}</span>
    </span>
  );
}

/** The outcome of an answer. */
function Told({ outcome }: { outcome: Outcome }) {
  const text = useText();
  if (outcome.type === "transcription_partial") {
    return (
      <p role="status" className="callout warn">
        {textOr(`heard.${outcome.code}`, outcome.message, text)}
      </p>
    );
  }
  return (
    <section className="outcome" aria-live="polite">
      {outcome.score !== null && <p className="score">{text("quiz.score", { score: Math.round(outcome.score) })}</p>}
      <blockquote>{outcome.transcription}</blockquote>
      <p className="pre">{outcome.feedback}</p>
      <Facts facts={outcome.facts} />
    </section>
  );
}

function Summary({ summary, onAgain }: { summary: InterviewSummary; onAgain: () => void }) {
  const text = useText();
  return (
    <>
      <PageHead
        title={text("interview.summary")}
        actions={
          <>
            <Link className="button second" to={`/interview/${summary.session_id}`}>
              {text("interview.look")}
            </Link>
            <button type="button" onClick={onAgain}>
              {text("interview.again")}
            </button>
          </>
        }
      />
      <div className="stack">
        {summary.overall_score !== null && <p className="score">{text("quiz.score", { score: Math.round(summary.overall_score) })}</p>}
        <Notes title={text("interview.strengths")} notes={summary.strengths} />
        <Notes title={text("interview.improvements")} notes={summary.improvements} />
        <ol className="graded">
          {summary.transcript.map((turn) => (
            <li key={turn.question_number} className="card stack tight">
              <p>
                <strong>{turn.question}</strong>
              </p>
              <blockquote>{turn.transcription}</blockquote>
            </li>
          ))}
        </ol>
      </div>
    </>
  );
}

export function Notes({ title, notes }: { title: string; notes: string[] }) {
  return notes.length === 0 ? null : (
    <section className="card stack tight">
      <h2>{title}</h2>
      <ul>
        {notes.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
    </section>
  );
}
