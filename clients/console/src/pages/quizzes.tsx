import { pageOptions, type components } from "@lyceum/client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { submitting, useAction } from "../actions.ts";
import { useGo } from "../going.tsx";
import { useMoment, useText } from "../language.tsx";
import { Badge, Empty, Loading, More, PageHead, Problem, SubjectChoice, type Tone } from "../parts.tsx";
import { KindChoice, type Kind } from "../questions.tsx";
import { useSession } from "../session.tsx";

type Assignment = components["schemas"]["AssignmentBody"];
const TONES: Record<Assignment["state"], Tone> = { open: "good", not_yet_open: "", closed: "bad" };

export default function QuizzesPage() {
  const text = useText();
  const moment = useMoment();
  const { rest } = useSession();
  const go = useGo();
  const [subject, setSubject] = useState("");
  const [topic, setTopic] = useState("");
  const [count, setCount] = useState(5);
  const [kinds, setKinds] = useState<Kind[]>(["multiple_choice", "true_false"]);
  const list = useInfiniteQuery(pageOptions(rest, "/api/quizzes", { query: { limit: 12 } }));
  const make = useAction({
    mutationFn: () =>
      rest.post("/api/quizzes", {
        body: { subject_id: subject || null, topic: topic.trim() || null, num_questions: count, kinds },
      }),
    onSuccess: (quiz) => go(`/quizzes/${quiz.quiz_id}`),
  });
  const send = submitting(() => make.mutate());
  const quizzes = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <PageHead title={text("nav.quizzes")}>{text("quizzes.intro")}</PageHead>
      <Assigned />
      <form className="card stack section" onSubmit={send}>
        <h2>{text("quizzes.make")}</h2>
        <div className="fields">
          <SubjectChoice value={subject} onChange={setSubject} />
          <label>
            {text("quizzes.topic")}
            <input type="text" maxLength={200} value={topic} onChange={(event) => setTopic(event.target.value)} />
          </label>
          <label>
            {text("quizzes.count")}
            <input type="number" min={1} max={20} value={count} onChange={(event) => setCount(event.target.valueAsNumber || 1)} />
          </label>
        </div>
        <KindChoice chosen={kinds} onChange={setKinds} />
        <Problem error={make.error} />
        <p>
          <button type="submit" disabled={make.isPending || kinds.length === 0}>
            {text(make.isPending ? "quizzes.making" : "quizzes.make.send")}
          </button>
        </p>
      </form>
      <section className="section stack" aria-labelledby="quizzes">
        <h2 id="quizzes">{text("quizzes.list")}</h2>
        {list.isPending && <Loading />}
        <Problem error={list.error} onRetry={() => void list.refetch()} />
        {list.isSuccess && quizzes.length === 0 && (
          <Empty title={text("quizzes.none")}>
            <p>{text("quizzes.none.help")}</p>
          </Empty>
        )}
        <ul className="cards">
          {quizzes.map((quiz) => (
            <li key={quiz.quiz_id} className="stack tight">
              <h3>
                <Link to={`/quizzes/${quiz.quiz_id}`}>{quiz.title}</Link>
              </h3>
              <p className="row small soft">
                <Badge tone={quiz.submitted_at ? "good" : "accent"}>{text(quiz.submitted_at ? "quizzes.done" : "quizzes.open")}</Badge>
                {text("quizzes.size", { count: quiz.total_questions })} · {moment(quiz.created_at)}
              </p>
            </li>
          ))}
        </ul>
        <More list={list} />
      </section>
    </>
  );
}

/** The quizzes that are assigned to the learner: opening times, attempts, and the best result. */
function Assigned() {
  const text = useText();
  const moment = useMoment();
  const { rest } = useSession();
  const go = useGo();
  const list = useInfiniteQuery(pageOptions(rest, "/api/assignments", { query: { limit: 12 } }));
  const begin = useAction({
    mutationFn: (one: Assignment) =>
      rest.post("/api/assignments/{assignment_id}/generate-quiz", { path: { assignment_id: one.assignment_id }, body: {} }),
    onSuccess: (quiz) => go(`/quizzes/${quiz.quiz_id}`),
  });
  const assignments = list.data?.pages.flatMap((page) => page.items) ?? [];
  if (list.isSuccess && assignments.length === 0) return null;
  return (
    <section className="stack" aria-labelledby="assigned">
      <h2 id="assigned">{text("assigned.list")}</h2>
      {list.isPending && <Loading rows={1} />}
      <Problem error={list.error ?? begin.error} />
      <ul className="cards">
        {assignments.map((one) => (
          <li key={one.assignment_id} className="stack tight">
            <h3>{one.title}</h3>
            <p className="row small soft">
              <Badge tone={TONES[one.state]}>{text(`assigned.${one.state}`)}</Badge>
              {one.num_questions !== null && text("quizzes.size", { count: one.num_questions })}
            </p>
            <p className="small">
              {one.opens_at && one.state === "not_yet_open" && <>{text("assigned.opens", { moment: moment(one.opens_at, "moment") })} </>}
              {one.closes_at && <>{text("assigned.closes", { moment: moment(one.closes_at, "moment") })} </>}
              {one.attempts_left !== null && <>{text("assigned.left", { left: one.attempts_left, all: one.attempts ?? 0 })} </>}
              {one.best_score !== null && <>{text("assigned.best", { score: Math.round(one.best_score) })}</>}
            </p>
            <div className="row">
              {one.open_quiz_id ? (
                <Link className="button" to={`/quizzes/${one.open_quiz_id}`} aria-label={`${text("assigned.goOn")}: ${one.title}`}>
                  {text("assigned.goOn")}
                </Link>
              ) : (
                one.state === "open" &&
                one.attempts_left !== 0 && (
                  <button type="button" disabled={begin.isPending} aria-label={`${text("assigned.begin")}: ${one.title}`} onClick={() => begin.mutate(one)}>
                    {text("assigned.begin")}
                  </button>
                )
              )}
              {one.quiz_ids
                .filter((quizId) => quizId !== one.open_quiz_id)
                .map((quizId, index) => (
                  <Link key={quizId} to={`/quizzes/${quizId}`} aria-label={`${text("assigned.attempt", { number: index + 1 })}: ${one.title}`}>
                    {text("assigned.attempt", { number: index + 1 })}
                  </Link>
                ))}
            </div>
          </li>
        ))}
      </ul>
      <More list={list} />
    </section>
  );
}
