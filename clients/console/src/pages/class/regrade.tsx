import type { AnswerOf } from "@lyceum/client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { submitting, useAction } from "../../actions.ts";
import { useText } from "../../language.tsx";
import { Badge, Problem } from "../../parts.tsx";
import type { Given } from "../../questions.tsx";
import { useSession } from "../../session.tsx";
import { useSubject } from "./class.tsx";
import { KeyField } from "./item-fields.tsx";

const PATH = "/api/teacher/subjects/{subject_id}/regrades";
const AGAIN_MS = 2000;
type Detail = AnswerOf<"GET", "/api/teacher/subjects/{subject_id}/items/{item_id}">;
type Outcome = AnswerOf<"POST", typeof PATH>;

/** Corrects the key of an item for all learners who were asked it. First it shows whose scores would change, and how. */
export default function Regrade({ item, subjectId }: { item: Detail; subjectId: string }) {
  const text = useText();
  const { rest } = useSession();
  const queries = useQueryClient();
  const asked = item.versions.find((one) => one.version === item.approved_version) ?? item;
  const [key, setKey] = useState<Given>(asked.correct_answer);
  const [isRetired, setIsRetired] = useState(item.kind === "short_answer");
  const [reason, setReason] = useState("");
  const [isOpen, setIsOpen] = useState(false);
  const regrade = useAction({
    mutationFn: (isDry: boolean) =>
      rest.post(PATH, {
        path: { subject_id: subjectId },
        body: { item_id: item.item_id, reason: reason.trim(), dry_run: isDry, ...(isRetired ? { retire: true } : { key }) },
      }),
    onSuccess: (done) => (done.state === "preview" ? undefined : queries.invalidateQueries({ queryKey: ["lyceum"] })),
  });
  const change = <T,>(set: (value: T) => void) => (value: T): void => {
    set(value);
    regrade.reset(); // the shown changes belong to another key
  };
  const preview = submitting(() => regrade.mutate(true));
  return (
    <section className="card stack" aria-labelledby="regrade">
      <h2 id="regrade">{text("regrade")}</h2>
      <p className="soft">{text("regrade.help")}</p>
      {!isOpen && (
        <p>
          <button type="button" className="second" onClick={() => setIsOpen(true)}>
            {text("regrade.open")}
          </button>
        </p>
      )}
      {isOpen && (
        <form className="stack" onSubmit={preview}>
          <fieldset>
            <legend>{text("regrade.what")}</legend>
            <label className="option">
              <input type="radio" name="what" disabled={item.kind === "short_answer"} checked={!isRetired} onChange={() => change(setIsRetired)(false)} />
              {text("regrade.key")}
            </label>
            <label className="option">
              <input type="radio" name="what" checked={isRetired} onChange={() => change(setIsRetired)(true)} />
              {text("regrade.retire")}
            </label>
          </fieldset>
          {!isRetired && <KeyField kind={asked.kind} options={asked.options} value={key} onChange={change(setKey)} />}
          <label>
            {text("decision.reason")}
            <textarea required rows={2} maxLength={500} value={reason} onChange={(event) => change(setReason)(event.target.value)} />
            <span className="help">{text("decision.reason.help")}</span>
          </label>
          <Problem error={regrade.error} />
          <div className="row">
            <button type="submit" className="second" disabled={regrade.isPending || !reason.trim()}>
              {text("regrade.preview")}
            </button>
            {regrade.data?.state === "preview" && (
              <button type="button" disabled={regrade.isPending} onClick={() => regrade.mutate(false)}>
                {text("regrade.do")}
              </button>
            )}
          </div>
          {regrade.data && <Told outcome={regrade.data} subjectId={subjectId} />}
        </form>
      )}
    </section>
  );
}

function Told({ outcome, subjectId }: { outcome: Outcome; subjectId: string }) {
  const text = useText();
  const score = (value: number | null): string => (value === null ? "–" : `${Math.round(value)} %`);
  return (
    <div className="stack tight" role="status">
      <p>
        <strong>
          {text(outcome.state === "preview" ? "regrade.would" : "regrade.done", { changed: outcome.learners_changed, all: outcome.learners_total })}
        </strong>
      </p>
      {outcome.regrade_id !== null && <Progress regradeId={outcome.regrade_id} subjectId={subjectId} />}
      {outcome.learners.length > 0 && (
        <div className="scroll" tabIndex={0} role="region" aria-label={text("regrade.who")}>
          <table>
            <caption>{text("regrade.who")}</caption>
            <thead>
              <tr>
                <th scope="col">{text("class.name")}</th>
                <th scope="col" className="number">
                  {text("mark.before")}
                </th>
                <th scope="col" className="number">
                  {text("mark.after")}
                </th>
                <th scope="col">{text("regrade.mastery")}</th>
              </tr>
            </thead>
            <tbody>
              {outcome.learners.map((one) => (
                <tr key={one.user_id}>
                  <th scope="row">{one.name}</th>
                  <td className="number">{score(one.score_before)}</td>
                  <td className="number">{score(one.score_after)}</td>
                  <td>
                    {one.mastery_changes.map((change) => (
                      <p key={change.concept}>
                        {change.label}: {Math.round(change.before * 100)} → {Math.round(change.after * 100)} %{" "}
                        {change.crosses_threshold && <Badge tone="warn">{text("regrade.crosses")}</Badge>}
                      </p>
                    ))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {outcome.other_versions.map((one) => (
        <p key={one.item_version} className="small soft">
          {text("regrade.others", { version: one.item_version, count: one.attempts })}
        </p>
      ))}
    </div>
  );
}

function Progress({ regradeId, subjectId }: { regradeId: string; subjectId: string }) {
  const text = useText();
  const { rest } = useSession();
  const progress = useQuery({
    queryKey: ["regrade", regradeId],
    queryFn: () => rest.get(`${PATH}/{regrade_id}`, { path: { subject_id: subjectId, regrade_id: regradeId } }),
    refetchInterval: (query) => (query.state.data?.state === "done" ? false : AGAIN_MS),
  });
  const known = progress.data;
  return (
    <>
      <Problem error={progress.error} onRetry={() => void progress.refetch()} />
      {known && (
        <p className="row">
          <Badge tone={known.state === "done" ? "good" : "warn"}>{text(`regrade.${known.state === "done" ? "state.done" : "state.running"}`)}</Badge>
          {text("regrade.far", { done: known.attempts_done, all: known.attempts_total })}
        </p>
      )}
    </>
  );
}
