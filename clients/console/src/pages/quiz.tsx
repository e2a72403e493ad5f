import { queryOptions, type components } from "@lyceum/client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { useText } from "../language.tsx";
import { Bar, Problem, Source } from "../parts.tsx";
import { AnswerField, letter, shown, type Given, type Question } from "../questions.tsx";
import { useSession } from "../session.tsx";

type Result = components["schemas"]["ResultBody"];

export default function QuizPage() {
  const text = useText();
  const { quizId = "" } = useParams();
  const { rest } = useSession();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const path = { quiz_id: quizId };
  const options = queryOptions(rest, "/api/quizzes/{quiz_id}", { path });
  const quiz = useQuery(options);
  const isSubmitted = Boolean(quiz.data?.submitted_at);
  const result = useQuery({ ...queryOptions(rest, "/api/quizzes/{quiz_id}/result", { path }), enabled: isSubmitted });
  const [answers, setAnswers] = useState<Record<string, Given>>({});
  const given = (question: Question): Given | undefined =>
    answers[question.question_id] ??
    (question.kind === "ordering" ? question.options.map((_, index) => letter(index)) : undefined);
  const submit = useMutation({
    mutationFn: (questions: Question[]) => {
      const all = questions.flatMap((one) => {
        const answer = given(one);
        return answer === undefined || answer.length === 0 ? [] : [[one.question_id, answer] as const];
      });
      return rest.post("/api/quizzes/{quiz_id}/submit", { path, body: { answers: Object.fromEntries(all) } });
    },
    onSuccess: () => queries.invalidateQueries(),
  });
  const hint = useMutation({
    mutationFn: (questionId: string) =>
      rest.post("/api/quizzes/{quiz_id}/questions/{question_id}/hint", { path: { ...path, question_id: questionId } }),
    onSettled: () => queries.invalidateQueries({ queryKey: options.queryKey }),
  });
  const retake = useMutation({
    mutationFn: () => rest.post("/api/quizzes/{quiz_id}/retake", { path }),
    onSuccess: (made) => navigate(`/quizzes/${made.quiz_id}`),
  });
  if (!quiz.data) return quiz.error ? <Problem error={quiz.error} /> : <p role="status">{text("loading")}</p>;
  const questions = quiz.data.questions;
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (!submit.isPending) submit.mutate(questions);
  };
  return (
    <>
      <h1>{quiz.data.title}</h1>
      {quiz.data.note && <p>{quiz.data.note}</p>}
      {isSubmitted ? (
        <>
          {result.data && <Graded result={result.data} questions={questions} />}
          <button type="button" onClick={() => retake.mutate()} disabled={retake.isPending}>
            {text("quiz.retake")}
          </button>{" "}
          <Link to="/mastery">{text("nav.mastery")}</Link>
        </>
      ) : (
        <form onSubmit={send}>
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
                </button>
              )}
            </fieldset>
          ))}
          <button type="submit" disabled={submit.isPending}>
            {text("quiz.submit")}
          </button>
        </form>
      )}
      <Problem error={submit.error ?? hint.error ?? retake.error ?? result.error} />
    </>
  );
}

function Graded({ result, questions }: { result: Result; questions: Question[] }) {
  const text = useText();
  const by = new Map(questions.map((question) => [question.question_id, question]));
  return (
    <>
      <p className="score" role="status">
        {result.score === null ? text("quiz.unscored") : text("quiz.score", { score: Math.round(result.score) })}
      </p>
      <ol className="graded">
        {result.results.map((one) => {
          const question = by.get(one.question_id) ?? { options: [] };
          const verdict = one.needs_review ? "review" : one.is_correct ? "right" : one.credit > 0 ? "part" : "wrong";
          return (
            <li key={one.question_id} className={verdict}>
              <h3>{one.question}</h3>
              <p>
                <strong>{text(`quiz.${verdict}`)}</strong> · {text("quiz.yours", { answer: shown(question, one.user_answer) || text("quiz.noAnswer") })}
              </p>
              {!one.is_correct && <p>{text("quiz.key", { key: shown(question, one.correct_answer) })}</p>}
              <p>{one.explanation}</p>
              {one.citation && <Source citation={one.citation} />}
            </li>
          );
        })}
      </ol>
      {result.mastery_changes.length > 0 && (
        <>
          <h2>{text("quiz.moved")}</h2>
          <table>
            <tbody>
              {result.mastery_changes.map((change) => (
                <tr key={change.concept}>
                  <th scope="row">{change.label}</th>
                  <td>
                    <Bar share={change.before} label={change.label} />
                  </td>
                  <td aria-hidden="true">→</td>
                  <td>
                    <Bar share={change.after} label={change.label} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </>
  );
}
