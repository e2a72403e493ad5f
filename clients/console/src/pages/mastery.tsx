import { pageOptions, queryOptions } from "@lyceum/client";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Gauge } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Link } from "react-router";
import { useMoment, useText } from "../language.tsx";
import { Bar, Empty, Loading, More, PageHead, Problem, SubjectChoice } from "../parts.tsx";
import { useSession } from "../session.tsx";

const ShareBars = lazy(async () => ({ default: (await import("../charts.tsx")).ShareBars }));
const STEP = 15;

export default function MasteryPage() {
  const text = useText();
  const { rest } = useSession();
  const [subject, setSubject] = useState("");
  const [limit, setLimit] = useState(STEP);
  const profile = useQuery(queryOptions(rest, "/api/profile", subject ? { query: { subject_id: subject } } : {}));
  const [open, setOpen] = useState<string | null>(null);
  const all = [...(profile.data?.concepts ?? [])].sort((one, other) => one.chance_of_success - other.chance_of_success);
  const concepts = all.slice(0, limit);
  return (
    <>
      <PageHead title={text("nav.mastery")}>{text("mastery.intro")}</PageHead>
      <div className="stack">
        <div className="fields">
          <SubjectChoice value={subject} onChange={setSubject} />
        </div>
        {profile.isPending && <Loading />}
        <Problem error={profile.error} onRetry={() => void profile.refetch()} />
        {profile.isSuccess && all.length === 0 && (
          <Empty title={text("mastery.none")} icon={<Gauge size={30} aria-hidden="true" />}>
            <p>{text("mastery.none.help")}</p>
            <Link to="/quizzes">{text("nav.quizzes")}</Link>
          </Empty>
        )}
        {concepts.length > 0 && (
          <>
            <section className="card stack tight" aria-labelledby="picture">
              <h2 id="picture">{text("mastery.level")}</h2>
              <Suspense fallback={<Loading />}>
                <ShareBars
                  rows={concepts.map((one) => ({ name: one.label, share: Math.round(one.chance_of_success * 100) }))}
                  label={text("mastery.picture", { count: concepts.length })}
                  colorOf={(share) => (share < 40 ? "var(--low)" : share < 70 ? "var(--middle)" : "var(--high)")}
                />
              </Suspense>
            </section>
            <div className="card scroll" tabIndex={0} role="region" aria-label={text("mastery.table")}>
              <table>
                <caption>{text("mastery.table")}</caption>
                <thead>
                  <tr>
                    <th scope="col">{text("mastery.concept")}</th>
                    <th scope="col">{text("mastery.level")}</th>
                    <th scope="col" className="number">
                      {text("mastery.evidence")}
                    </th>
                    <th scope="col">{text("mastery.why")}</th>
                  </tr>
                </thead>
                <tbody>
                  {concepts.map((one) => (
                    <tr key={one.concept}>
                      <th scope="row">{one.label}</th>
                      <td>
                        <Bar share={one.chance_of_success} label={text("mastery.level")} />
                      </td>
                      <td className="number">{one.evidence_count}</td>
                      <td>
                        <button
                          type="button"
                          className="plain"
                          aria-expanded={open === one.concept}
                          aria-label={`${text("mastery.why")}: ${one.label}`}
                          onClick={() => setOpen(open === one.concept ? null : one.concept)}
                        >
                          {text("mastery.why")}
                        </button>
                        {open === one.concept && <Reasons concept={one.concept} level={one.mastery_level} />}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
              <More list={{ hasNextPage: all.length > limit, isFetchingNextPage: false, fetchNextPage: () => setLimit(limit + STEP) }} />
            </div>
          </>
        )}
      </div>
    </>
  );
}

/** The level, and the answers that it was computed from, the latest first. */
function Reasons({ concept, level }: { concept: string; level: number }) {
  const text = useText();
  const moment = useMoment();
  const { rest } = useSession();
  const reasons = useInfiniteQuery(pageOptions(rest, "/api/profile/concepts/{concept}", { path: { concept }, query: { limit: 5 } }));
  return (
    <div className="stack tight">
      <p>{text("mastery.stands", { level: Math.round(level * 100) })}</p>
      {reasons.isPending && <Loading rows={1} />}
      <Problem error={reasons.error} onRetry={() => void reasons.refetch()} />
      <ul className="reasons plain-list">
        {reasons.data?.pages
          .flatMap((page) => page.items)
          .map((one) => (
            <li key={one.evidence_id}>
              <span className="small soft">{moment(one.occurred_at)}</span> {one.question}{" "}
              <strong>
                {text("mastery.effect", {
                  score: Math.round(one.score * 100),
                  effect: `${one.effect > 0 ? "+" : ""}${Math.round(one.effect * 100)}`,
                })}
              </strong>
            </li>
          ))}
      </ul>
      <More list={reasons} />
    </div>
  );
}
