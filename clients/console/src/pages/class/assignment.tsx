import { pageOptions, queryOptions, type AnswerOf, type components } from "@lyceum/client";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowLeft, Download, Plus, X } from "lucide-react";
import { useEffect, useState } from "react";
import { Link, useParams } from "react-router";
import { submitting, useAction } from "../../actions.ts";
import { save } from "../../files.ts";
import { useMoment, useText } from "../../language.tsx";
import { Badge, Bar, Empty, Loading, More, Problem } from "../../parts.tsx";
import { useSession } from "../../session.tsx";
import { useToast } from "../../toasts.tsx";
import { useSubject } from "./class.tsx";
import { FigureTiles } from "./item.tsx";
import { ITEMS, type Item } from "./items.tsx";

const PATH = "/api/teacher/subjects/{subject_id}/assignments/{assignment_id}/quiz";
const LIVE_MS = 5000;
type Report = AnswerOf<"GET", typeof PATH>;
type ShowKeys = Report["show_keys"];
type Line = components["schemas"]["BlueprintLineBody"];
const SHOW_KEYS: ShowKeys[] = ["after_submission", "after_closing", "never"];

/** The quiz of an assignment: its items, who has answered, and the figures so far. */
export default function AssignmentPage() {
  const text = useText();
  const subjectId = useSubject();
  const { assignmentId = "" } = useParams();
  const { rest } = useSession();
  const path = { subject_id: subjectId, assignment_id: assignmentId };
  const assignment = useQuery({
    queryKey: ["lyceum", "/api/assignments", "one", path],
    queryFn: async ({ signal }) => {
      for await (const one of rest.items("/api/assignments", { query: { subject_id: subjectId, limit: 100 }, signal })) {
        if (one.assignment_id === assignmentId) return one;
      }
      return null;
    },
  });
  const isNone = assignment.isSuccess && assignment.data?.num_questions == null;
  const report = useQuery({ ...queryOptions(rest, PATH, { path }), enabled: assignment.isSuccess && !isNone, refetchInterval: LIVE_MS });
  const [isEdited, setIsEdited] = useState(false);
  const items = useQuery({
    queryKey: ["lyceum", ITEMS, "asked", path, report.data?.item_ids],
    enabled: Boolean(report.data),
    queryFn: async ({ signal }) => {
      const known = new Map<string, Item>();
      for await (const one of rest.items(ITEMS, { path: { subject_id: subjectId }, query: { limit: 100 }, signal })) known.set(one.item_id, one);
      return known;
    },
  });
  return (
    <div className="stack">
      <p>
        <Link to={`/class/${subjectId}/assignments`} className="row">
          <ArrowLeft size={16} aria-hidden="true" />
          {text("assignments.back")}
        </Link>
      </p>
      <h2>{assignment.data?.title ?? assignmentId}</h2>
      {(assignment.isPending || report.isLoading) && <Loading rows={4} />}
      <Problem error={assignment.error ?? report.error} onRetry={() => void (assignment.isError ? assignment : report).refetch()} />
      {report.data && !isEdited && <Answered report={report.data} items={items.data} onEdit={() => setIsEdited(true)} />}
      {(isNone || isEdited) && (
        <Build
          key={report.data?.version ?? 0}
          assignmentId={assignmentId}
          before={report.data}
          onClose={isEdited ? () => setIsEdited(false) : undefined}
        />
      )}
    </div>
  );
}

function Answered({ report, items, onEdit }: { report: Report; items: Map<string, Item> | undefined; onEdit: () => void }) {
  const text = useText();
  const moment = useMoment();
  const { rest } = useSession();
  const path = { subject_id: report.subject_id, assignment_id: report.assignment_id };
  const download = useAction({
    mutationFn: async () => save(await rest.file(`${PATH}/export`, { path }, "application/zip"), "quiz.zip"),
  });
  const downloadAnswers = useAction({
    mutationFn: async () => {
      const statements: unknown[] = [];
      let cursor: string | null = null;
      do {
        const page = await rest.file(`${PATH}/statements`, { path, query: cursor ? { cursor } : {} });
        const told = JSON.parse(await page.text()) as { statements: unknown[]; next_cursor: string | null };
        statements.push(...told.statements);
        cursor = told.next_cursor;
      } while (cursor);
      save(new Blob([JSON.stringify(statements, null, 2)], { type: "application/json" }), "answers.json");
    },
  });
  return (
    <>
      <section className="card stack tight" aria-labelledby="plan">
        <div className="row spread">
          <h3 id="plan">{text("assignment.plan")}</h3>
          <div className="row">
            <button type="button" className="plain" disabled={download.isPending} onClick={() => download.mutate()}>
              <Download size={16} aria-hidden="true" />
              {text("items.export.qti")}
            </button>
            <button type="button" className="second" onClick={onEdit}>
              {text("assignment.change")}
            </button>
          </div>
        </div>
        <p className="row">
          <Badge tone={report.state === "open" ? "good" : ""}>{text(`assigned.${report.state}`)}</Badge>
          {text("quizzes.size", { count: report.num_questions })} · {text("assignment.attempts.of", { count: report.attempts })} · {text(`showKeys.${report.show_keys}`)}
        </p>
        {(report.opens_at || report.closes_at) && (
          <p className="small soft">
            {report.opens_at && text("assigned.opens", { moment: moment(report.opens_at, "moment") })}{" "}
            {report.closes_at && text("assigned.closes", { moment: moment(report.closes_at, "moment") })}
          </p>
        )}
        {report.blueprint.map((line) => (
          <p key={line.concept + line.difficulty} className="small">
            {text("assignment.line", { count: line.num_questions, concept: line.concept, pool: line.items })}
          </p>
        ))}
        <Problem error={download.error} />
      </section>
      <section className="card stack tight" aria-labelledby="who">
        <div className="row spread">
          <h3 id="who">{text("assignment.who")}</h3>
          <button type="button" className="plain" disabled={downloadAnswers.isPending || report.answered === 0} onClick={() => downloadAnswers.mutate()}>
            <Download size={16} aria-hidden="true" />
            {text("assignment.answers")}
          </button>
        </div>
        <Problem error={downloadAnswers.error} />
        <p aria-live="polite">
          <Bar share={report.total_learners ? report.answered / report.total_learners : 0} label={text("assignment.who")} />{" "}
          {text("assignment.answered", { count: report.answered, all: report.total_learners })}
        </p>
        <div className="scroll" tabIndex={0} role="region" aria-labelledby="who">
          <table>
            <thead>
              <tr>
                <th scope="col">{text("class.name")}</th>
                <th scope="col" className="number">
                  {text("assignment.submitted")}
                </th>
                <th scope="col" className="number">
                  {text("assignment.best")}
                </th>
                <th scope="col">{text("assignment.last")}</th>
              </tr>
            </thead>
            <tbody>
              {report.learners.map((one) => (
                <tr key={one.user_id}>
                  <th scope="row">{one.name}</th>
                  <td className="number">{one.submitted}</td>
                  <td className="number">{one.best_score === null ? "–" : `${Math.round(one.best_score)} %`}</td>
                  <td>{one.last_submitted_at ? moment(one.last_submitted_at, "moment") : "–"}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
      <section className="stack tight" aria-labelledby="asked">
        <h3 id="asked">{text("assignment.figures")}</h3>
        <ul className="rows">
          {report.items.map((one) => (
            <li key={one.item_id} className="stack tight">
              <p>
                <Link to={`/class/${report.subject_id}/items/${one.item_id}`}>{items?.get(one.item_id)?.question ?? text("item")}</Link>
              </p>
              {one.too_few ? <p className="small soft">{text("class.few.help")}</p> : <FigureTiles known={one} />}
              {one.needs_review > 0 && <p className="small">{text("item.needsReview", { count: one.needs_review })}</p>}
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

/** A form that sets what the assignment asks: chosen items, or a blueprint by which each learner's items are drawn. */
function Build({ assignmentId, before, onClose }: { assignmentId: string; before: Report | undefined; onClose: (() => void) | undefined }) {
  const text = useText();
  const toast = useToast();
  const subjectId = useSubject();
  const { rest } = useSession();
  const queries = useQueryClient();
  const path = { subject_id: subjectId };
  const approved = useInfiniteQuery(pageOptions(rest, ITEMS, { path, query: { limit: 50, status: "approved" } }));
  const items = approved.data?.pages.flatMap((page) => page.items) ?? [];
  const [isDrawn, setIsDrawn] = useState((before?.blueprint.length ?? 0) > 0);
  const [chosen, setChosen] = useState<string[]>(before?.item_ids ?? []);
  const [lines, setLines] = useState<Line[]>(
    before?.blueprint.map(({ concept, num_questions, difficulty }) => ({ concept, num_questions, difficulty })) ?? [],
  );
  const [opensAt, setOpensAt] = useState(local(before?.opens_at));
  const [closesAt, setClosesAt] = useState(local(before?.closes_at));
  const [attempts, setAttempts] = useState(before?.attempts ?? 1);
  const [showKeys, setShowKeys] = useState<ShowKeys>(before?.show_keys ?? "after_submission");
  const concepts = [...new Set(items.map((one) => one.concept))];
  const firstConcept = concepts[0];
  useEffect(() => {
    if (isDrawn && lines.length === 0 && firstConcept) setLines([{ concept: firstConcept, num_questions: 1, difficulty: null }]);
  }, [isDrawn, lines.length, firstConcept]);
  const assign = useAction({
    mutationFn: () =>
      rest.post(PATH, {
        path: { ...path, assignment_id: assignmentId },
        body: {
          ...(isDrawn ? { blueprint: lines } : { item_ids: chosen }),
          opens_at: opensAt ? new Date(opensAt).toISOString() : null,
          closes_at: closesAt ? new Date(closesAt).toISOString() : null,
          attempts,
          show_keys: showKeys,
          version: before?.version ?? 0,
        },
      }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["lyceum"] });
      toast(text("assignment.assigned"));
      onClose?.();
    },
  });
  const send = submitting(() => assign.mutate());
  const setLine = (at: number, change: Partial<Line>): void => setLines(lines.map((one, index) => (index === at ? { ...one, ...change } : one)));
  if (approved.isPending) return <Loading />;
  if (approved.isError) return <Problem error={approved.error} onRetry={() => void approved.refetch()} />;
  if (items.length === 0) {
    return (
      <Empty title={text("assignment.noItems")}>
        <p>{text("assignment.noItems.help")}</p>
        <Link className="button" to={`/class/${subjectId}/items`}>
          {text("class.items")}
        </Link>
      </Empty>
    );
  }
  return (
    <form className="card stack" onSubmit={send}>
      <h3>{text("assignment.build")}</h3>
      <fieldset>
        <legend>{text("assignment.how")}</legend>
        <label className="option">
          <input type="radio" name="how" checked={!isDrawn} onChange={() => setIsDrawn(false)} />
          {text("assignment.same")}
        </label>
        <label className="option">
          <input type="radio" name="how" checked={isDrawn} onChange={() => setIsDrawn(true)} />
          {text("assignment.drawn")}
        </label>
      </fieldset>
      {isDrawn ? (
        <fieldset className="stack tight">
          <legend>{text("assignment.blueprint")}</legend>
          {lines.map((line, index) => (
            <div key={index} className="row">
              <label>
                {text("mastery.concept")}
                <select value={line.concept} onChange={(event) => setLine(index, { concept: event.target.value })}>
                  {[...new Set([line.concept, ...concepts])].map((one) => (
                    <option key={one} value={one}>
                      {one}
                    </option>
                  ))}
                </select>
              </label>
              <label>
                {text("quizzes.count")}
                <input
                  type="number"
                  min={1}
                  max={20}
                  value={line.num_questions}
                  onChange={(event) => setLine(index, { num_questions: event.target.valueAsNumber || 1 })}
                />
              </label>
              <button
                type="button"
                className="plain square"
                disabled={lines.length === 1}
                aria-label={`${text("assignment.line.remove")}: ${line.concept}`}
                onClick={() => setLines(lines.filter((_, at) => at !== index))}
              >
                <X size={16} aria-hidden="true" />
              </button>
            </div>
          ))}
          <p>
            <button type="button" className="plain" onClick={() => setLines([...lines, { concept: firstConcept ?? "", num_questions: 1, difficulty: null }])}>
              <Plus size={16} aria-hidden="true" />
              {text("assignment.line.add")}
            </button>
          </p>
        </fieldset>
      ) : (
        <fieldset>
          <legend>{text("assignment.items")}</legend>
          {items.map((item) => (
            <label key={item.item_id} className="option">
              <input
                type="checkbox"
                checked={chosen.includes(item.item_id)}
                onChange={() =>
                  setChosen(chosen.includes(item.item_id) ? chosen.filter((one) => one !== item.item_id) : [...chosen, item.item_id])
                }
              />
              <span>
                {item.question} <span className="small soft">{item.concept}</span>
              </span>
            </label>
          ))}
        </fieldset>
      )}
      <More list={approved} />
      <div className="fields">
        <label>
          {text("assignment.opens")}
          <input type="datetime-local" value={opensAt} onChange={(event) => setOpensAt(event.target.value)} />
        </label>
        <label>
          {text("assignment.closes")}
          <input type="datetime-local" value={closesAt} onChange={(event) => setClosesAt(event.target.value)} />
        </label>
        <label>
          {text("assignment.attempts")}
          <input type="number" min={1} max={10} value={attempts} onChange={(event) => setAttempts(event.target.valueAsNumber || 1)} />
        </label>
        <label>
          {text("assignment.showKeys")}
          <select value={showKeys} onChange={(event) => setShowKeys(event.target.value as ShowKeys)}>
            {SHOW_KEYS.map((one) => (
              <option key={one} value={one}>
                {text(`showKeys.${one}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Problem error={assign.error} />
      <div className="row">
        <button type="submit" disabled={assign.isPending || (isDrawn ? lines.length === 0 : chosen.length === 0)}>
          {text("assignment.assign")}
        </button>
        {onClose && (
          <button type="button" className="second" onClick={onClose}>
            {text("cancel")}
          </button>
        )}
      </div>
    </form>
  );
}

/** A moment in the form of a date-and-time field, in the browser's time zone. */
function local(moment: string | null | undefined): string {
  if (!moment) return "";
  const at = new Date(moment);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
