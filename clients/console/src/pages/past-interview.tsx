import { queryOptions } from "@lyceum/client";
import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import { Link, useParams } from "react-router";
import { Facts } from "../facts.tsx";
import { useMoment, useText } from "../language.tsx";
import { Corrections, Dispute } from "../marks.tsx";
import { Loading, PageHead, Problem } from "../parts.tsx";
import { useSession } from "../session.tsx";
import { Notes } from "./interview.tsx";

/** An ended interview: each question with its answer, the verdict on each fact, and later appeals and decisions. */
export default function PastInterviewPage() {
  const text = useText();
  const moment = useMoment();
  const { sessionId = "" } = useParams();
  const { rest } = useSession();
  const interview = useQuery(queryOptions(rest, "/api/interviews/{session_id}", { path: { session_id: sessionId } }));
  const held = interview.data;
  return (
    <>
      <p>
        <Link to="/interview" className="row">
          <ArrowLeft size={16} aria-hidden="true" />
          {text("interview.all")}
        </Link>
      </p>
      <PageHead title={held?.topic ?? text("interview.untitled")}>{held && moment(held.started_at, "moment")}</PageHead>
      <div className="stack">
        {interview.isPending && <Loading />}
        <Problem error={interview.error} onRetry={() => void interview.refetch()} />
        {held && (
          <>
            {held.overall_score !== null && <p className="score">{text("quiz.score", { score: Math.round(held.overall_score) })}</p>}
            <Notes title={text("interview.strengths")} notes={held.summary?.strengths ?? []} />
            <Notes title={text("interview.improvements")} notes={held.summary?.improvements ?? []} />
            <ol className="graded">
              {held.turns.map((turn) => (
                <li key={turn.question_number} className="card stack tight">
                  <h2>{turn.question}</h2>
                  <blockquote>{turn.transcription ?? text("quiz.noAnswer")}</blockquote>
                  {turn.score !== null && <p>{text("quiz.score", { score: Math.round(turn.score) })}</p>}
                  <Facts
                    facts={turn.facts}
                    after={(fact) => {
                      const review = turn.reviews.find((one) => one.fact_id === fact.fact_id);
                      return (
                        <>
                          <Corrections corrections={review?.corrections ?? []} />
                          {held.ended_at && (
                            <Dispute
                              resultId={sessionId}
                              place={{ fact: fact.fact_id }}
                              named={fact.fact ?? ""}
                              appeal={review?.appeal ?? null}
                              onDone={() => interview.refetch()}
                            />
                          )}
                        </>
                      );
                    }}
                  />
                </li>
              ))}
            </ol>
          </>
        )}
      </div>
    </>
  );
}
