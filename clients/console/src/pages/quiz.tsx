import { queryOptions, type components } from "@lyceum/client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { submitting, useAction } from "../actions.ts";
import { Confirm } from "../dialogs.tsx";
import { useDraft } from "../drafts.ts";
import { useGo } from "../going.tsx";
import { useText } from "../language.tsx";
import { Corrections, Dispute } from "../marks.tsx";
import { Badge, Bar, Loading, PageHead, Problem, Source, type Tone } from "../parts.tsx";
import { AnswerField, letter, shown, type Given, type Question } from "../questions.tsx";
import { useSession } from "../session.tsx";

type Result = components["schemas"]["ResultBody"];
type Verdict = "right" | "part" | "wrong" | "review" | "retired";
const TONES: Record<Verdict, Tone> = { right: "good", part: "warn", wrong: "bad", review: "warn", retired: "" };

export default function QuizPage() {
  const { quizId = "" } = useParams();
  return <OneQuiz key={quizId} quizId={quizId} />;
}

/** A quiz to answer, or its result. For another quiz, the component starts again without answers. */
function OneQuiz({ quizId }: { quizId: string }) {
  const text = useText();
  const { rest } = useSession();
  const go = useGo();
  const queries = useQueryClient();
  const path = { quiz_id: quizId };
  const options = queryOptions(rest, "/api/quizzes/{quiz_id}", { path });
  const quiz = useQuery(options);
  const isSubmitted = Boolean(quiz.data?.submitted_at);
  const result = useQuery({ ...queryOptions(rest, "/api/quizzes/{quiz_id}/result", { path }), enabled: isSubmitted });
  const [answers, setAnswers, forgetAnswers] = useDraft<Record<string, Given>>(`quiz.${quizId}`, {});
  const [isUnsure, setIsUnsure] = useState(false);
  const given = (question: Question): Given | undefined =>
    answers[question.question_id] ??
    (question.kind === "ordering" ? question.options.map((_, index) => letter(index)) : undefined);
  const submit = useAction({
    mutationFn: (questions: Question[]) => {
      const all = questions.flatMap((one) => {
        const answer = given(one);
        return answer === undefined || answer.length === 0 ? [] : [[one.question_id, answer] as const];
      });
      return rest.post("/api/quizzes/{quiz_id}/submit", { path, body: { answers: Object.fromEntries(all) } });
    },
    onSuccess: async () => {
      scrollTo({ top: 0 });
      await queries.invalidateQueries({ queryKey: ["lyceum"] });
      forgetAnswers();
    },
    onSettled: () => setIsUnsure(false),
  });
  const hint = useAction({
    mutationFn: (questionId: string) =>
      rest.post("/api/quizzes/{quiz_id}/questions/{question_id}/hint", { path: { ...path, question_id: questionId } }),
    onSettled: () => queries.invalidateQueries({ queryKey: options.queryKey }),
  });
  const retake = useAction({
    mutationFn: () => rest.post("/api/quizzes/{quiz_id}/retake", { path }),
    onSuccess: (made) => go(`/quizzes/${made.quiz_id}`),
  });
  if (!quiz.data) return quiz.error ? <Problem error={quiz.error} onRetry={() => void quiz.refetch()} /> : <Loading rows={5} />;
  const questions = quiz.data.questions;
  const answered = questions.filter((one) => given(one) !== undefined && given(one)?.length !== 0).length;
  const send = submitting(() => (answered < questions.length ? setIsUnsure(true) : submit.mutate(questions)));
  return (
    <>
      <PageHead title={quiz.data.title}>{quiz.data.note}</PageHead>
      {isSubmitted ? (
        <div className="stack">
          {result.isPending && <Loading />}
          {result.data && <Graded result={result.data} questions={questions} onDisputed={() => result.refetch()} />}
          <div className="row">
            {!quiz.data.assignment_id && (
              <button type="button" className="second" onClick={() => retake.mutate()} disabled={retake.isPending}>
                {text("quiz.retake")}
              </button>
            )}
            <Link to="/mastery">{text("quiz.mastery")}</Link>
          </div>
        </div>
      ) : (
        <form className="stack" onSubmit={send}>
          {questions.map((question, index) => (
            <fieldset key={question.question_id} className="question">
              <legend>
                {index + 1}. {question.question}
              </legend>
              <AnswerField
                question={question}
                value={given(question)}
                onChange={(answer) => setAnswers((all) => ({ ...all, [question.question_id]: answer }))}
              />
              <ul aria-live="polite" className="hints">
                {question.hints.map((one) => (
                  <li key={one}>{one}</li>
                ))}
              </ul>
              {question.hints.length < 3 && (
                <button type="button" className="plain" disabled={hint.isPending} onClick={() => hint.mutate(question.question_id)}>
                  {text("quiz.hint", { left: 3 - question.hints.length })}
                  <span className="visually-hidden">: {question.question}</span>
                </button>
              )}
            </fieldset>
          ))}
          <div className="row">
            <button type="submit" disabled={submit.isPending}>
              {text("quiz.submit")}
            </button>
            <span className="soft" aria-live="polite">
              {text("quiz.answered", { count: answered, all: questions.length })}
            </span>
          </div>
        </form>
      )}
      {isUnsure && (
        <Confirm
          title={text("quiz.open", { count: questions.length - answered })}
          action={text("quiz.open.submit")}
          isBusy={submit.isPending}
          onConfirm={() => submit.mutate(questions)}
          onClose={() => setIsUnsure(false)}
        >
          {text("quiz.open.help")}
        </Confirm>
      )}
      <Problem error={submit.error ?? hint.error ?? retake.error ?? result.error} />
    </>
  );
}

function Graded({ result, questions, onDisputed }: { result: Result; questions: Question[]; onDisputed: () => unknown }) {
  const text = useText();
  const by = new Map(questions.map((question) => [question.question_id, question]));
  return (
    <>
      <p className="score" role="status">
        {result.score === null ? text("quiz.unscored") : text("quiz.score", { score: Math.round(result.score) })}
      </p>
      <ol className="graded">
        {result.results.map((one, index) => {
          const question = by.get(one.question_id) ?? { options: [] };
          const verdict: Verdict = one.retired ? "retired" : one.needs_review ? "review" : one.is_correct ? "right" : one.credit > 0 ? "part" : "wrong";
          return (
            <li key={one.question_id} className="card stack tight">
              <h2>
                {index + 1}. {one.question}
              </h2>
              <p className="row">
                <Badge tone={TONES[verdict]}>{text(`quiz.${verdict}`)}</Badge>
                <span>{text("quiz.yours", { answer: shown(question, one.user_answer) || text("quiz.noAnswer") })}</span>
              </p>
              {!one.is_correct && one.correct_answer !== null && <p>{text("quiz.key", { key: shown(question, one.correct_answer) })}</p>}
              {one.correct_answer === null && <p className="soft">{text("quiz.keyHidden")}</p>}
              {one.explanation && <p>{one.explanation}</p>}
              {one.citation && <Source citation={one.citation} />}
              <Corrections corrections={one.corrections} />
              {!one.retired && (
                <Dispute
                  resultId={result.result_id}
                  place={{ question_id: one.question_id }}
                  named={one.question}
                  appeal={one.appeal}
                  onDone={onDisputed}
                />
              )}
            </li>
          );
        })}
      </ol>
      {result.mastery_changes.length > 0 && (
        <section className="card stack tight" aria-labelledby="moved">
          <h2 id="moved">{text("quiz.moved")}</h2>
          <div className="scroll" tabIndex={0} role="region" aria-labelledby="moved">
            <table>
              <thead>
                <tr>
                  <th scope="col">{text("mastery.concept")}</th>
                  <th scope="col">{text("mark.before")}</th>
                  <th scope="col">{text("mark.after")}</th>
                </tr>
              </thead>
              <tbody>
                {result.mastery_changes.map((change) => (
                  <tr key={change.concept}>
                    <th scope="row">{change.label}</th>
                    <td>
                      <Bar share={change.before} label={change.label} />
                    </td>
                    <td>
                      <Bar share={change.after} label={change.label} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      )}
    </>
  );
}
