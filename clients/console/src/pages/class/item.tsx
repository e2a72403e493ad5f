import { LyceumError, queryOptions, type AnswerOf } from "@lyceum/client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowLeft, CircleAlert } from "lucide-react";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { submitting, useAction } from "../../actions.ts";
import { Confirm } from "../../dialogs.tsx";
import { textOr, useMoment, useText } from "../../language.tsx";
import { Badge, Bar, Loading, Problem, Source } from "../../parts.tsx";
import { letter, shown } from "../../questions.tsx";
import { useSession } from "../../session.tsx";
import { useToast } from "../../toasts.tsx";
import { useSubject } from "./class.tsx";
import { ItemFields, written } from "./item-fields.tsx";
import { ItemBadges, ITEMS } from "./items.tsx";
import Regrade from "./regrade.tsx";

const PATH = "/api/teacher/subjects/{subject_id}/items/{item_id}";
type Detail = AnswerOf<"GET", typeof PATH>;

/** One item of the bank: its question, why it was admitted or refused, its figures, and its earlier versions. */
export default function ItemPage() {
  const text = useText();
  const subjectId = useSubject();
  const { itemId = "" } = useParams();
  const { rest } = useSession();
  const item = useQuery(queryOptions(rest, PATH, { path: { subject_id: subjectId, item_id: itemId } }));
  return (
    <div className="stack">
      <p>
        <Link to={`/class/${subjectId}/items`} className="row">
          <ArrowLeft size={16} aria-hidden="true" />
          {text("items.back")}
        </Link>
      </p>
      {item.isPending && <Loading rows={4} />}
      <Problem error={item.error} onRetry={() => void item.refetch()} />
      {item.data && (
        <>
          <Content item={item.data} subjectId={subjectId} />
          <Figures item={item.data} />
          {item.data.approved_version !== null && <Regrade item={item.data} subjectId={subjectId} />}
          <Versions item={item.data} />
        </>
      )}
    </div>
  );
}

function Content({ item, subjectId }: { item: Detail; subjectId: string }) {
  const text = useText();
  const toast = useToast();
  const { rest } = useSession();
  const queries = useQueryClient();
  const path = { subject_id: subjectId, item_id: item.item_id };
  const [isEdited, setIsEdited] = useState(false);
  const [isDoomed, setIsDoomed] = useState(false);
  const refresh = async (): Promise<void> => {
    await queries.invalidateQueries({ queryKey: ["lyceum", PATH] });
    await queries.invalidateQueries({ queryKey: ["lyceum", ITEMS] });
  };
  const approve = useAction({
    mutationFn: (keep: boolean) => rest.post(`${PATH}/approve`, { path, body: { keep, version: item.version } }),
    onSuccess: async () => {
      await refresh();
      toast(text("item.approved.done"));
    },
  });
  const retire = useAction({
    mutationFn: () => rest.post(`${PATH}/retire`, { path, body: { version: item.version } }),
    onSuccess: async () => {
      await refresh();
      toast(text("item.retired.done"));
    },
    onSettled: () => setIsDoomed(false),
  });
  const error = approve.error ?? retire.error;
  const { admission } = item;
  const isRefused = !admission.admitted && !admission.kept;
  if (isEdited) return <Edit item={item} subjectId={subjectId} onDone={refresh} onClose={() => setIsEdited(false)} />;
  return (
    <article className="card stack">
      <h2>{item.question}</h2>
      <p className="row">
        <ItemBadges item={item} />
        <span className="small soft">
          {item.concept} · {text(`difficulty.${item.difficulty}`)} · {text(`item.author.${item.author}`)}
        </span>
      </p>
      {item.options.length > 0 && (
        <ul className="plain-list">
          {item.options.map((option, index) => (
            <li key={option} className="row letter">
              <Badge tone={item.kind !== "ordering" && item.correct_answer.includes(letter(index)) ? "good" : ""}>{letter(index)}</Badge>
              <span>{option}</span>
            </li>
          ))}
        </ul>
      )}
      <p>{text("quiz.key", { key: shown(item, item.correct_answer) })}</p>
      {item.explanation && <p>{item.explanation}</p>}
      {item.citation && <Source citation={item.citation} />}
      {item.passage && (
        <details>
          <summary>{text("item.passage")}</summary>
          <p className="pre small">{item.passage}</p>
        </details>
      )}
      {isRefused && (
        <div className="callout warn" role="status">
          <CircleAlert size={20} aria-hidden="true" />
          <div className="stack tight">
            <p>
              <strong>{text("item.refused.why")}</strong> {textOr(`gate.${admission.code}`, text("gate.other"), text)}
            </p>
            {item.status === "draft" && <p>{text("item.refused.help")}</p>}
          </div>
        </div>
      )}
      {admission.kept && <p className="callout">{text("item.kept.help")}</p>}
      <Problem error={error} {...(error instanceof LyceumError && error.code === "item_changed" ? { onRetry: () => void refresh() } : {})} />
      {item.status !== "retired" && (
        <div className="row">
          {item.status === "draft" && !isRefused && (
            <button type="button" disabled={approve.isPending} onClick={() => approve.mutate(false)}>
              {text("item.approve")}
            </button>
          )}
          {item.status === "draft" && isRefused && (
            <button type="button" disabled={approve.isPending} onClick={() => approve.mutate(true)}>
              {text("item.keep")}
            </button>
          )}
          <button type="button" className="second" onClick={() => setIsEdited(true)}>
            {text("item.edit")}
          </button>
          <button type="button" className="plain danger" onClick={() => setIsDoomed(true)}>
            {text("item.retire")}
          </button>
        </div>
      )}
      {isDoomed && (
        <Confirm title={text("item.retire")} action={text("item.retire")} isBusy={retire.isPending} onConfirm={() => retire.mutate()} onClose={() => setIsDoomed(false)}>
          {text("item.retire.help")}
        </Confirm>
      )}
    </article>
  );
}

function Edit({ item, subjectId, onDone, onClose }: { item: Detail; subjectId: string; onDone: () => Promise<void>; onClose: () => void }) {
  const text = useText();
  const toast = useToast();
  const { rest } = useSession();
  const [changed, setChanged] = useState({
    kind: item.kind,
    question: item.question,
    options: item.options,
    correct_answer: item.correct_answer,
    explanation: item.explanation,
    concept: item.concept,
    difficulty: item.difficulty,
  });
  const save = useAction({
    mutationFn: () => rest.patch(PATH, { path: { subject_id: subjectId, item_id: item.item_id }, body: { ...written(changed), version: item.version } }),
    onSuccess: async () => {
      await onDone();
      toast(text("item.saved"));
      onClose();
    },
  });
  const send = submitting(() => save.mutate());
  return (
    <form className="card stack" onSubmit={send}>
      <h2>{text("item.edit")}</h2>
      <p className="soft">{text("item.edit.help")}</p>
      <ItemFields item={changed} onChange={setChanged} />
      <Problem error={save.error} />
      <div className="row">
        <button type="submit" disabled={save.isPending}>
          {text("save")}
        </button>
        <button type="button" className="second" onClick={onClose}>
          {text("cancel")}
        </button>
      </div>
    </form>
  );
}

function Figures({ item }: { item: Detail }) {
  const text = useText();
  const known = item.statistics;
  return (
    <section className="card stack tight" aria-labelledby="figures">
      <h2 id="figures">{text("item.figures")}</h2>
      {known.too_few ? <p className="soft">{text("class.few.help")}</p> : <FigureTiles known={known} />}
      {known.needs_review > 0 && <p>{text("item.needsReview", { count: known.needs_review })}</p>}
    </section>
  );
}

/** The figures of an item's first answers. */
export function FigureTiles({ known }: { known: Pick<Detail["statistics"], "answers" | "share_right" | "discrimination" | "wrong_options"> }) {
  const text = useText();
  return (
    <>
      <dl className="row">
        <div className="row">
          <dt>{text("item.answers")}</dt>
          <dd>{known.answers}</dd>
        </div>
        <div className="row">
          <dt>{text("item.right")}</dt>
          <dd>
            <Bar share={known.share_right ?? 0} label={text("item.right")} />
          </dd>
        </div>
        <div className="row">
          <dt>{text("item.discrimination")}</dt>
          <dd>{known.discrimination === null ? "–" : known.discrimination.toFixed(2)}</dd>
        </div>
      </dl>
      {known.discrimination !== null && known.discrimination <= 0.1 && <p className="callout warn">{text("item.discrimination.low")}</p>}
      {known.wrong_options.length > 0 && (
        <p className="small">
          {text("item.draws")} {known.wrong_options.map((one) => `${one.option} (${one.count})`).join(", ")}
        </p>
      )}
    </>
  );
}

function Versions({ item }: { item: Detail }) {
  const text = useText();
  const moment = useMoment();
  return (
    <section className="card stack tight" aria-labelledby="versions">
      <h2 id="versions">{text("item.versions")}</h2>
      <ol className="rows">
        {[...item.versions].reverse().map((one) => (
          <li key={one.version} className="stack tight">
            <p className="row">
              <Badge tone={one.version === item.approved_version ? "good" : ""}>
                {text(one.version === item.approved_version ? "item.version.asked" : "item.version", { version: one.version })}
              </Badge>
              <span className="small soft">
                {moment(one.made_at, "moment")} · {text(`item.author.${one.author}`)}
              </span>
            </p>
            <p>{one.question}</p>
            <p className="small">{text("quiz.key", { key: shown(one, one.correct_answer) })}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}
