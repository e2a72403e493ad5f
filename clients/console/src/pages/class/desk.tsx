import { pageOptions, type components } from "@lyceum/client";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Inbox } from "lucide-react";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { submitting, useAction } from "../../actions.ts";
import { useMoment, useText } from "../../language.tsx";
import { Corrections, useVerdict } from "../../marks.tsx";
import { Badge, Empty, Loading, More, Problem, Source } from "../../parts.tsx";
import { shown } from "../../questions.tsx";
import { useSession } from "../../session.tsx";
import { useToast } from "../../toasts.tsx";
import { useSubject } from "./class.tsx";

const APPEALS = "/api/teacher/subjects/{subject_id}/appeals";
type Mark = components["schemas"]["DeskBody"];
type Verdict = components["schemas"]["OverrideRequest"]["verdict"];
const OF_QUESTION: Verdict[] = ["right", "partly", "wrong"];
const OF_FACT: Verdict[] = ["stated", "partly", "missing", "contradicted"];

/** The marks that wait for the teacher: those that learners dispute, and those that the machine could not decide. */
export default function Desk() {
  const text = useText();
  const subjectId = useSubject();
  const { rest } = useSession();
  const [place] = useSearchParams();
  const status = place.get("status") === "decided" ? "decided" : "open";
  const list = useInfiniteQuery(pageOptions(rest, APPEALS, { path: { subject_id: subjectId }, query: { limit: 10, status } }));
  const marks = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="stack">
      <p className="soft">{text("desk.intro")}</p>
      <nav className="filters" aria-label={text("desk.status")}>
        {(["open", "decided"] as const).map((one) => (
          <Link key={one} aria-current={one === status ? "page" : undefined} to={`?status=${one}`}>
            {text(`desk.${one}`)}
          </Link>
        ))}
      </nav>
      {list.isPending && <Loading />}
      <Problem error={list.error} onRetry={() => void list.refetch()} />
      {list.isSuccess && marks.length === 0 && (
        <Empty title={text(status === "open" ? "desk.none" : "desk.none.decided")} icon={<Inbox size={30} aria-hidden="true" />}>
          {status === "open" && <p>{text("desk.none.help")}</p>}
        </Empty>
      )}
      <ul className="rows">
        {marks.map((mark) => (
          <li key={mark.appeal_id} className="stack">
            <Shown mark={mark} />
            {mark.status === "open" && <Decide mark={mark} subjectId={subjectId} />}
          </li>
        ))}
      </ul>
      <More list={list} />
    </div>
  );
}

/** One mark: question, answer, passage, the machine's verdict with its reason, and the learner's sentence. */
function Shown({ mark }: { mark: Mark }) {
  const text = useText();
  const moment = useMoment();
  const verdict = useVerdict();
  return (
    <>
      <div className="stack tight">
        <h2>{mark.question}</h2>
        <p className="row small soft">
          <Badge tone={mark.why === "appeal" ? "bad" : "warn"}>{text(`desk.why.${mark.why}`)}</Badge>
          {mark.name} · {moment(mark.waits_since, "moment")}
        </p>
      </div>
      {mark.sentence && (
        <div>
          <h3>{text("desk.sentence", { name: mark.name })}</h3>
          <blockquote>{mark.sentence}</blockquote>
        </div>
      )}
      <div className="fields">
        <div>
          <h3>{text("desk.answer")}</h3>
          <p>{shown(mark, mark.user_answer) || text("quiz.noAnswer")}</p>
        </div>
        <div>
          <h3>{text(mark.fact_id ? "desk.fact" : "item.key")}</h3>
          <p>{shown(mark, mark.correct_answer)}</p>
        </div>
        <div>
          <h3>{text("desk.machine")}</h3>
          <p>
            <strong>{verdict(mark.machine.verdict)}</strong>
            {mark.machine.credit !== null && ` (${Math.round(mark.machine.credit * 100)} %)`}
          </p>
          <ul>
            {mark.machine.reasons.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </div>
      </div>
      {mark.citation ? (
        <div className="stack tight">
          <h3>{text("item.passage")}</h3>
          <Source citation={mark.citation} />
          {mark.passage && (
            <details>
              <summary>{text("desk.passage")}</summary>
              <p className="pre small">{mark.passage}</p>
            </details>
          )}
        </div>
      ) : (
        <p className="small soft">{text("desk.noPassage")}</p>
      )}
      {mark.decision && <Corrections corrections={[mark.decision]} />}
    </>
  );
}

function Decide({ mark, subjectId }: { mark: Mark; subjectId: string }) {
  const text = useText();
  const toast = useToast();
  const named = useVerdict();
  const { rest } = useSession();
  const queries = useQueryClient();
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const [credit, setCredit] = useState(50);
  const [reason, setReason] = useState("");
  const decide = useAction({
    mutationFn: (chosen: Verdict) =>
      rest.post("/api/teacher/subjects/{subject_id}/overrides", {
        path: { subject_id: subjectId },
        body: {
          result_id: mark.result_id,
          verdict: chosen,
          reason: reason.trim(),
          ...(mark.question_id === null ? { fact: mark.fact_id } : { question_id: mark.question_id }),
          ...(chosen === "partly" && mark.question_id !== null ? { credit: credit / 100 } : {}),
        },
      }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["lyceum"] });
      toast(text("desk.decided.done", { name: mark.name }));
    },
  });
  const send = submitting(() => {
    if (verdict) decide.mutate(verdict);
  });
  return (
    <form className="stack tight" onSubmit={send}>
      <fieldset>
        <legend>{text("desk.decide")}</legend>
        <div className="chips">
          {(mark.question_id === null ? OF_FACT : OF_QUESTION).map((one) => (
            <label key={one}>
              <input type="radio" name={mark.appeal_id} checked={verdict === one} onChange={() => setVerdict(one)} />
              {named(one)}
            </label>
          ))}
        </div>
      </fieldset>
      {verdict === "partly" && mark.question_id !== null && (
        <label>
          {text("desk.credit")}
          <input type="number" min={1} max={99} value={credit} onChange={(event) => setCredit(event.target.valueAsNumber || 50)} />
        </label>
      )}
      <label>
        {text("decision.reason")}
        <textarea required rows={2} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
        <span className="help">{text("decision.reason.help")}</span>
      </label>
      <Problem error={decide.error} />
      <p>
        <button type="submit" disabled={decide.isPending || !verdict || !reason.trim()}>
          {text("desk.decide.send")}
          <span className="visually-hidden">: {mark.question}</span>
        </button>
      </p>
    </form>
  );
}
