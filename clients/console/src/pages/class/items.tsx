import { pageOptions, type components } from "@lyceum/client";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { Download, FileUp, PenLine, Sparkles } from "lucide-react";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { submitting, useAction } from "../../actions.ts";
import { save } from "../../files.ts";
import { useText } from "../../language.tsx";
import { Badge, Bar, Empty, Loading, More, Problem, type Tone } from "../../parts.tsx";
import { KindChoice, type Kind } from "../../questions.tsx";
import { useSession } from "../../session.tsx";
import { useToast } from "../../toasts.tsx";
import { useSubject } from "./class.tsx";
import { DifficultyChoice, type Difficulty } from "./item-fields.tsx";

export type Item = components["schemas"]["ItemBody"];
export const ITEMS = "/api/teacher/subjects/{subject_id}/items";
const STATUSES = ["draft", "approved", "retired"] as const;
const TONES: Record<Item["status"], Tone> = { draft: "warn", approved: "good", retired: "" };
const TYPES = { qti: ["application/zip", "items.zip"], csv: ["text/csv", "items.csv"] } as const;

/** The status of an item, and whether the checks refuse it. */
export function ItemBadges({ item }: { item: Pick<Item, "status" | "kind" | "admission" | "author"> }) {
  const text = useText();
  return (
    <>
      <Badge tone={TONES[item.status]}>{text(`item.${item.status}`)}</Badge>
      <Badge>{text(`kind.${item.kind}`)}</Badge>
      {item.admission.kept && <Badge tone="accent">{text("item.kept")}</Badge>}
      {!item.admission.admitted && !item.admission.kept && <Badge tone="bad">{text("item.refused")}</Badge>}
    </>
  );
}

export default function Items() {
  const text = useText();
  const subjectId = useSubject();
  const { rest } = useSession();
  const [place] = useSearchParams();
  const status = STATUSES.find((one) => one === place.get("status"));
  const [isMaking, setIsMaking] = useState(false);
  const path = { subject_id: subjectId };
  const list = useInfiniteQuery(pageOptions(rest, ITEMS, { path, query: { limit: 12, ...(status ? { status } : {}) } }));
  const statistics = useQuery({
    queryKey: ["lyceum", `${ITEMS}/statistics`, path, list.dataUpdatedAt],
    enabled: list.isSuccess,
    queryFn: async ({ signal }) => {
      const known = new Map<string, components["schemas"]["ItemStatistics"]>();
      for await (const one of rest.items(`${ITEMS}/statistics`, { path, query: { limit: 100 }, signal })) known.set(one.item_id, one);
      return known;
    },
  });
  const download = useAction({
    mutationFn: async (format: keyof typeof TYPES) => {
      const [type, name] = TYPES[format];
      save(await rest.file(`${ITEMS}/export`, { path, query: { format } }, type), name);
    },
  });
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="stack">
      <div className="row spread">
        <p className="soft">{text("items.intro")}</p>
        <div className="row">
          <button type="button" aria-expanded={isMaking} onClick={() => setIsMaking(!isMaking)}>
            <Sparkles size={16} aria-hidden="true" />
            {text("items.make")}
          </button>
          <Link className="button second" to="new">
            <PenLine size={16} aria-hidden="true" />
            {text("items.write")}
          </Link>
          <Link className="button second" to="import">
            <FileUp size={16} aria-hidden="true" />
            {text("items.import")}
          </Link>
        </div>
      </div>
      {isMaking && <MakeDrafts onDone={() => setIsMaking(false)} />}
      <div className="row spread">
        <nav className="filters" aria-label={text("items.status")}>
          {[undefined, ...STATUSES].map((one) => (
            <Link
              key={one ?? "all"}
              aria-current={one === status ? "page" : undefined}
              to={one ? `?status=${one}` : "?"}
            >
              {text(one ? `item.${one}` : "items.all")}
            </Link>
          ))}
        </nav>
        <div className="row">
          {(["qti", "csv"] as const).map((format) => (
            <button key={format} type="button" className="plain" disabled={download.isPending} onClick={() => download.mutate(format)}>
              <Download size={16} aria-hidden="true" />
              {text(`items.export.${format}`)}
            </button>
          ))}
        </div>
      </div>
      {list.isPending && <Loading rows={4} />}
      <Problem error={list.error ?? download.error ?? statistics.error} onRetry={() => void list.refetch()} />
      {list.isSuccess && items.length === 0 && (
        <Empty title={text("items.none")}>
          <p>{text("items.none.help")}</p>
        </Empty>
      )}
      <ul className="rows">
        {items.map((item) => {
          const known = statistics.data?.get(item.item_id);
          return (
            <li key={item.item_id} className="stack tight">
              <h2>
                <Link to={item.item_id}>{item.question}</Link>
              </h2>
              <p className="row">
                <ItemBadges item={item} />
                <span className="small soft">{item.concept}</span>
                {known?.share_right != null && (
                  <span className="small row">
                    {text("item.right")} <Bar share={known.share_right} label={text("item.right")} />
                  </span>
                )}
              </p>
            </li>
          );
        })}
      </ul>
      <More list={list} />
    </div>
  );
}

/** Orders drafts from the class's materials. */
function MakeDrafts({ onDone }: { onDone: () => void }) {
  const text = useText();
  const toast = useToast();
  const subjectId = useSubject();
  const { rest } = useSession();
  const queries = useQueryClient();
  const path = { subject_id: subjectId };
  const materials = useInfiniteQuery(pageOptions(rest, "/api/teacher/subjects/{subject_id}/materials", { path, query: { limit: 50 } }));
  const [fileId, setFileId] = useState("");
  const [topic, setTopic] = useState("");
  const [count, setCount] = useState(5);
  const [kinds, setKinds] = useState<Kind[]>(["multiple_choice"]);
  const [difficulty, setDifficulty] = useState<Difficulty>("intermediate");
  const make = useAction({
    mutationFn: () =>
      rest.post(ITEMS, {
        path,
        body: {
          generate: { document_ids: fileId ? [fileId] : [], topic: topic.trim() || null, num_questions: count, kinds, difficulty },
        },
      }),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: ["lyceum", ITEMS] });
      toast(text("items.made", { count: made.items?.length ?? 1 }));
      onDone();
    },
  });
  const send = submitting(() => make.mutate());
  return (
    <form className="card stack" onSubmit={send}>
      <h2>{text("items.make")}</h2>
      <div className="fields">
        <label>
          {text("items.material")}
          <select value={fileId} onChange={(event) => setFileId(event.target.value)}>
            <option value="">{text("items.material.all")}</option>
            {materials.data?.pages
              .flatMap((page) => page.items)
              .filter((one) => one.status === "completed")
              .map((one) => (
                <option key={one.file_id} value={one.file_id}>
                  {one.filename}
                </option>
              ))}
          </select>
        </label>
        <label>
          {text("quizzes.topic")}
          <input type="text" maxLength={200} value={topic} onChange={(event) => setTopic(event.target.value)} />
        </label>
        <label>
          {text("quizzes.count")}
          <input type="number" min={1} max={20} value={count} onChange={(event) => setCount(event.target.valueAsNumber || 1)} />
        </label>
        <DifficultyChoice value={difficulty} onChange={setDifficulty} />
      </div>
      <KindChoice chosen={kinds} onChange={setKinds} />
      <Problem error={make.error} />
      <p>
        <button type="submit" disabled={make.isPending || kinds.length === 0}>
          {text(make.isPending ? "items.making" : "items.make.send")}
        </button>
      </p>
    </form>
  );
}
