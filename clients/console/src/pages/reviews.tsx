import { queryOptions } from "@lyceum/client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useText } from "../language.tsx";
import { Problem, Source } from "../parts.tsx";
import { AnswerField, letter, shown, type Given } from "../questions.tsx";
import { useSession } from "../session.tsx";

export default function ReviewsPage() {
  const text = useText();
  const { rest } = useSession();
  const queries = useQueryClient();
  const options = queryOptions(rest, "/api/reviews");
  const reviews = useQuery(options);
  const [given, setGiven] = useState<Given | undefined>();
  const answer = useMutation({
    mutationFn: ({ itemId, value }: { itemId: string; value: Given }) =>
      rest.post("/api/reviews/{item_id}", { path: { item_id: itemId }, body: { answer: value } }),
  });
  const review = reviews.data?.items[0];
  const first = review?.question.kind === "ordering" ? review.question.options.map((_, index) => letter(index)) : undefined;
  const send = (event: FormEvent): void => {
    event.preventDefault();
    const value = given ?? first;
    if (review && value !== undefined && value.length > 0 && !answer.isPending) answer.mutate({ itemId: review.item_id, value });
  };
  const next = (): void => {
    setGiven(undefined);
    answer.reset();
    void queries.invalidateQueries({ queryKey: options.queryKey });
  };
  return (
    <>
      <h1>{text("nav.reviews")}</h1>
      <Problem error={reviews.error ?? answer.error} />
      {reviews.data && <p>{text("reviews.due", { due: reviews.data.due, left: Math.min(reviews.data.left_today, reviews.data.due) })}</p>}
      {reviews.data && !review && <p>{text("reviews.none")}</p>}
      {review && (
        <form onSubmit={send}>
          <p>{text("reviews.why", { chance: Math.round(review.why.chance_of_recall * 100), answers: review.why.answers })}</p>
          <fieldset className="question" disabled={answer.isSuccess}>
            <legend>{review.question.question}</legend>
            <AnswerField question={review.question} value={given ?? first} onChange={setGiven} />
          </fieldset>
          {answer.data ? (
            <div role="status">
              <p>
                <strong>{text(answer.data.is_correct ? "quiz.right" : answer.data.credit > 0 ? "quiz.part" : "quiz.wrong")}</strong>
              </p>
              <p>{text("quiz.key", { key: shown(review.question, answer.data.correct_answer) })}</p>
              <p>{answer.data.explanation}</p>
              {answer.data.citation && <Source citation={answer.data.citation} />}
              <p>{text("reviews.again", { day: answer.data.due_on })}</p>
              <button type="button" onClick={next}>
                {text("reviews.next")}
              </button>
            </div>
          ) : (
            <button type="submit" disabled={answer.isPending}>
              {text("reviews.send")}
            </button>
          )}
        </form>
      )}
    </>
  );
}
