import { pageOptions, type components } from "@lyceum/client";
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { Link, useNavigate } from "react-router";
import { useText } from "../language.tsx";
import { Problem, SubjectChoice } from "../parts.tsx";
import { useSession } from "../session.tsx";

type Kind = components["schemas"]["QuestionBody"]["kind"];
const KINDS: Kind[] = ["multiple_choice", "multiple_answer", "true_false", "cloze", "numeric", "ordering", "short_answer"];

export default function QuizzesPage() {
  const text = useText();
  const { rest } = useSession();
  const navigate = useNavigate();
  const [subject, setSubject] = useState("");
  const [topic, setTopic] = useState("");
  const [count, setCount] = useState(5);
  const [kinds, setKinds] = useState<Kind[]>(["multiple_choice", "true_false"]);
  const list = useInfiniteQuery(pageOptions(rest, "/api/quizzes", { query: { limit: 20 } }));
  const make = useMutation({
    mutationFn: () =>
      rest.post("/api/quizzes", {
        body: { subject_id: subject || null, topic: topic.trim() || null, num_questions: count, kinds },
      }),
    onSuccess: (quiz) => navigate(`/quizzes/${quiz.quiz_id}`),
  });
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (!make.isPending) make.mutate();
  };
  const quizzes = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <h1>{text("nav.quizzes")}</h1>
      <form onSubmit={send}>
        <h2>{text("quizzes.make")}</h2>
        <SubjectChoice value={subject} onChange={setSubject} />
        <label>
          {text("quizzes.topic")}
          <input type="text" maxLength={200} value={topic} onChange={(event) => setTopic(event.target.value)} />
        </label>
        <label>
          {text("quizzes.count")}
          <input type="number" min={1} max={20} value={count} onChange={(event) => setCount(event.target.valueAsNumber || 1)} />
        </label>
        <fieldset>
          <legend>{text("quizzes.kinds")}</legend>
          {KINDS.map((kind) => (
            <label key={kind} className="option">
              <input
                type="checkbox"
                checked={kinds.includes(kind)}
                onChange={() => setKinds((all) => (all.includes(kind) ? all.filter((one) => one !== kind) : [...all, kind]))}
              />
              {text(`kind.${kind}`)}
            </label>
          ))}
        </fieldset>
        <button type="submit" disabled={make.isPending || kinds.length === 0}>
          {make.isPending ? text("loading") : text("quizzes.make.send")}
        </button>
        <Problem error={make.error} />
      </form>
      <h2>{text("quizzes.list")}</h2>
      {list.isSuccess && quizzes.length === 0 && <p>{text("quizzes.none")}</p>}
      <ul className="cards">
        {quizzes.map((quiz) => (
          <li key={quiz.quiz_id}>
            <h3>
              <Link to={`/quizzes/${quiz.quiz_id}`}>{quiz.title}</Link>
            </h3>
            <p>
              {quiz.total_questions} · {text(quiz.submitted_at ? "quizzes.done" : "quizzes.open")}
            </p>
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <button type="button" onClick={() => void list.fetchNextPage()}>
          {text("more")}
        </button>
      )}
      <Problem error={list.error} />
    </>
  );
}
