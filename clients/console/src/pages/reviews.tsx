import { queryOptions, type components } from "@lyceum/client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { CalendarCheck } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { submitting, useAction } from "../actions.ts";
import { useMoment, useText } from "../language.tsx";
import { Badge, Bar, Empty, Loading, PageHead, Problem, Source } from "../parts.tsx";
import { AnswerField, letter, shown, type Given } from "../questions.tsx";
import { useSession } from "../session.tsx";

type Review = components["schemas"]["ReviewBody"];

export default function ReviewsPage() {
  const text = useText();
  const moment = useMoment();
  const { rest } = useSession();
  const queries = useQueryClient();
  const options = queryOptions(rest, "/api/reviews");
  const reviews = useQuery(options);
  const [given, setGiven] = useState<Given | undefined>();
  const answer = useAction({
    mutationFn: ({ itemId, value }: { itemId: string; value: Given }) =>
      rest.post("/api/reviews/{item_id}", { path: { item_id: itemId }, body: { answer: value } }),
  });
  const review = reviews.data?.items[0];
  const first = review?.question.kind === "ordering" ? review.question.options.map((_, index) => letter(index)) : undefined;
  const send = submitting(() => {
    const value = given ?? first;
    if (review && value !== undefined && value.length > 0) answer.mutate({ itemId: review.item_id, value });
  });
  const next = (): void => {
    setGiven(undefined);
    answer.reset();
    void queries.invalidateQueries({ queryKey: options.queryKey });
  };
  return (
    <>
      <PageHead title={text("nav.reviews")}>{text("reviews.intro")}</PageHead>
      {reviews.isPending && <Loading />}
      <div className="stack">
        <Problem error={reviews.error ?? answer.error} onRetry={() => void reviews.refetch()} />
        {reviews.data && reviews.data.due > 0 && (
          <p className="row">
            <Badge tone="accent">
              {text("reviews.due", { due: reviews.data.due, left: Math.min(reviews.data.left_today, reviews.data.due) })}
            </Badge>
          </p>
        )}
        {reviews.data && !review && (
          <Empty title={text("reviews.none")} icon={<CalendarCheck size={30} aria-hidden="true" />}>
            <p>{text("reviews.none.help")}</p>
            <Link to="/quizzes">{text("nav.quizzes")}</Link>
          </Empty>
        )}
        {review && (
          <form className="stack" onSubmit={send}>
            <fieldset className="question" disabled={answer.isSuccess}>
              <legend>{review.question.question}</legend>
              <AnswerField question={review.question} value={given ?? first} onChange={setGiven} />
            </fieldset>
            {answer.data ? (
              <div role="status" className="card stack tight">
                <p>
                  <Badge tone={answer.data.is_correct ? "good" : answer.data.credit > 0 ? "warn" : "bad"}>
                    {text(answer.data.is_correct ? "quiz.right" : answer.data.credit > 0 ? "quiz.part" : "quiz.wrong")}
                  </Badge>
                </p>
                <p>{text("quiz.key", { key: shown(review.question, answer.data.correct_answer) })}</p>
                <p>{answer.data.explanation}</p>
                {answer.data.citation && <Source citation={answer.data.citation} />}
                <p className="soft">{text("reviews.again", { day: moment(answer.data.due_on) })}</p>
                <p>
                  <button type="button" onClick={next}>
                    {text("reviews.next")}
                  </button>
                </p>
              </div>
            ) : (
              <p>
                <button type="submit" disabled={answer.isPending}>
                  {text("reviews.send")}
                </button>
              </p>
            )}
            <WhyToday review={review} />
          </form>
        )}
      </div>
    </>
  );
}

/** Why the question comes back today: the latest answers, their dates, and the chance of recall. */
function WhyToday({ review }: { review: Review }) {
  const text = useText();
  const moment = useMoment();
  const { why } = review;
  return (
    <section className="card stack tight" aria-labelledby="why">
      <h2 id="why">{text("reviews.why")}</h2>
      <p>{text(why.days_overdue > 0 ? "reviews.why.overdue" : "reviews.why.today", { days: why.days_overdue, day: moment(why.due_on) })}</p>
      <p>
        {text("reviews.why.recall")} <Bar share={why.chance_of_recall} label={text("reviews.why.recall")} />
      </p>
      <p>
        {text("reviews.why.answers", { answers: why.answers, lapses: why.lapses, day: moment(why.last_answered_on) })}{" "}
        {text("reviews.why.last", { scores: why.last_scores.map((score) => `${Math.round(score * 100)} %`).join(", ") })}
      </p>
      <p className="small soft">{text("reviews.why.stability", { days: Math.round(why.stability_days), concept: review.concept })}</p>
    </section>
  );
}
