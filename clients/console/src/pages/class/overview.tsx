import { queryOptions, type AnswerOf } from "@lyceum/client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { BookOpenCheck } from "lucide-react";
import { lazy, Suspense } from "react";
import { useAction } from "../../actions.ts";
import { useGo } from "../../going.tsx";
import { useLanguage, useMoment, useText } from "../../language.tsx";
import { Badge, Bar, Empty, Loading, Problem } from "../../parts.tsx";
import { useSession } from "../../session.tsx";
import { useSubject } from "./class.tsx";

const StackedBars = lazy(async () => ({ default: (await import("../../charts.tsx")).StackedBars }));
type Figures = AnswerOf<"GET", "/api/teacher/subjects/{subject_id}/ai-analytics">;

/** How the class is doing: by concept, by day, by question and by learner. */
export default function Overview() {
  const text = useText();
  const subjectId = useSubject();
  const { rest } = useSession();
  const figures = useQuery(queryOptions(rest, "/api/teacher/subjects/{subject_id}/ai-analytics", { path: { subject_id: subjectId } }));
  const known = figures.data;
  if (figures.isPending) return <Loading rows={5} />;
  if (!known) return <Problem error={figures.error} onRetry={() => void figures.refetch()} />;
  const tiles: [string, string | number][] = [
    [text("class.students"), known.total_students],
    [text("class.quizzes"), known.quiz_performance.quizzes_taken],
    [text("class.score"), known.quiz_performance.average_score === null ? "–" : `${Math.round(known.quiz_performance.average_score)} %`],
    [text("class.messages"), known.ai_chat_engagement.total_messages],
    [text("class.activeLearners"), known.ai_chat_engagement.active_learners],
  ];
  return (
    <div className="stack">
      <dl className="tiles">
        {tiles.map(([name, value]) => (
          <div key={name} className="tile">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Concepts known={known} />
      <Days known={known} />
      <Questions known={known} subjectId={subjectId} />
      <Learners known={known} />
    </div>
  );
}

function Concepts({ known }: { known: Figures }) {
  const text = useText();
  const shown = known.concept_summary.filter((one) => !one.too_few);
  const hidden = known.concept_summary.length - shown.length;
  const percent = (share: number | null): number => Math.round((share ?? 0) * 100);
  return (
    <section className="card stack tight" aria-labelledby="concepts">
      <h2 id="concepts">{text("class.concepts")}</h2>
      {shown.length === 0 ? (
        <Empty title={text("class.concepts.none")}>
          <p>{text("class.few.help")}</p>
        </Empty>
      ) : (
        <>
          <Suspense fallback={<Loading />}>
            <StackedBars
              flat
              label={text("class.concepts.picture", { count: shown.length })}
              rows={shown.slice(0, 12).map((one) => ({
                name: one.label,
                below: percent(one.share_below),
                between: percent(one.share_between),
                above: percent(one.share_above),
              }))}
              series={[
                { key: "below", name: text("class.below"), color: "var(--low)" },
                { key: "between", name: text("class.between"), color: "var(--middle)" },
                { key: "above", name: text("class.above"), color: "var(--high)" },
              ]}
            />
          </Suspense>
          <div className="scroll" tabIndex={0} role="region" aria-labelledby="concepts">
            <table>
              <thead>
                <tr>
                  <th scope="col">{text("mastery.concept")}</th>
                  <th scope="col">{text("class.mean")}</th>
                  <th scope="col" className="number">
                    {text("class.students")}
                  </th>
                </tr>
              </thead>
              <tbody>
                {shown.map((one) => (
                  <tr key={one.concept}>
                    <th scope="row">{one.label}</th>
                    <td>
                      <Bar share={one.mean_mastery ?? 0} label={text("class.mean")} />
                    </td>
                    <td className="number">{one.learners}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
      {shown.length > 0 && hidden > 0 && <p className="small soft">{text("class.few", { count: hidden })}</p>}
    </section>
  );
}

function Days({ known }: { known: Figures }) {
  const text = useText();
  const { language } = useLanguage();
  const days = known.ai_chat_engagement.by_day;
  if (days.every((one) => one.messages + one.quizzes === 0)) return null;
  const name = (day: string): string => new Date(`${day}T12:00:00Z`).toLocaleDateString(language, { day: "numeric", month: "short" });
  return (
    <section className="card stack tight" aria-labelledby="days">
      <h2 id="days">{text("class.days")}</h2>
      <Suspense fallback={<Loading />}>
        <StackedBars
          flat={false}
          label={text("class.days.picture", {
            messages: days.reduce((sum, one) => sum + one.messages, 0),
            quizzes: days.reduce((sum, one) => sum + one.quizzes, 0),
          })}
          rows={days.map((one) => ({ name: name(one.day), messages: one.messages, quizzes: one.quizzes }))}
          series={[
            { key: "messages", name: text("class.messages"), color: "var(--accent)" },
            { key: "quizzes", name: text("class.quizzes"), color: "var(--good)" },
          ]}
        />
      </Suspense>
    </section>
  );
}

function Questions({ known, subjectId }: { known: Figures; subjectId: string }) {
  const text = useText();
  const { rest } = useSession();
  const go = useGo();
  const queries = useQueryClient();
  const take = useAction({
    mutationFn: (questionKey: string) =>
      rest.post("/api/teacher/subjects/{subject_id}/items", { path: { subject_id: subjectId }, body: { take: { question_key: questionKey } } }),
    onSuccess: async (item) => {
      await queries.invalidateQueries({ queryKey: ["lyceum", "/api/teacher/subjects/{subject_id}/items"] });
      await go(`/class/${subjectId}/items/${item.item_id}`);
    },
  });
  const { questions, withheld_questions: withheld } = known.quiz_performance;
  if (questions.length === 0 && withheld === 0) return null;
  return (
    <section className="card stack tight" aria-labelledby="questions">
      <h2 id="questions">{text("class.questions")}</h2>
      <Problem error={take.error} />
      <ul className="rows">
        {questions.slice(0, 10).map((one) => (
          <li key={one.question_key} className="stack tight">
            <p>{one.question}</p>
            <p className="row small soft">
              <Bar share={one.success_rate} label={text("class.right")} />
              <span>{text("class.answered", { count: one.learners })}</span>
              {one.most_chosen_wrong_option && <span>{text("class.draws", { option: one.most_chosen_wrong_option.option })}</span>}
            </p>
            <p>
              <button type="button" className="plain" disabled={take.isPending} onClick={() => take.mutate(one.question_key)}>
                <BookOpenCheck size={16} aria-hidden="true" />
                {text("class.take")}
                <span className="visually-hidden">: {one.question}</span>
              </button>
            </p>
          </li>
        ))}
      </ul>
      {withheld > 0 && <p className="small soft">{text("class.withheld", { count: withheld })}</p>}
    </section>
  );
}

function Learners({ known }: { known: Figures }) {
  const text = useText();
  const moment = useMoment();
  const help = new Map(known.needs_help.map((one) => [one.user_id, one]));
  return (
    <section className="card stack tight" aria-labelledby="learners">
      <h2 id="learners">{text("class.learners")}</h2>
      {known.learning_progress.length === 0 ? (
        <Empty title={text("class.learners.none")} />
      ) : (
        <div className="scroll" tabIndex={0} role="region" aria-labelledby="learners">
          <table>
            <thead>
              <tr>
                <th scope="col">{text("class.name")}</th>
                <th scope="col" className="number">
                  {text("class.known")}
                </th>
                <th scope="col">{text("class.lowest")}</th>
                <th scope="col">{text("class.help")}</th>
                <th scope="col">{text("class.active")}</th>
              </tr>
            </thead>
            <tbody>
              {known.learning_progress.map((one) => {
                const lowest = Object.entries(one.mastery_levels).sort(([, level], [, other]) => level - other)[0];
                const weak = help.get(one.user_id);
                return (
                  <tr key={one.user_id}>
                    <th scope="row">{one.name}</th>
                    <td className="number">{one.total_concepts}</td>
                    <td>{lowest ? <Bar share={lowest[1]} label={lowest[0]} /> : "–"}</td>
                    <td>{weak ? <Badge tone="warn">{weak.weak_concepts.map((concept) => concept.label).join(", ") || text("class.help.recent", { right: weak.recent_correct, all: weak.recent_answers })}</Badge> : "–"}</td>
                    <td>{one.last_active ? moment(one.last_active) : text("class.never")}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      {known.total_inactive > 0 && <p className="small soft">{text("class.inactive", { count: known.total_inactive })}</p>}
    </section>
  );
}
