import { queryOptions } from "@lyceum/client";
import { useQuery } from "@tanstack/react-query";
import { Download, Layers } from "lucide-react";
import { useState } from "react";
import { useAction } from "../actions.ts";
import { save } from "../files.ts";
import { useText } from "../language.tsx";
import { Badge, Empty, Loading, PageHead, Problem, Source, SubjectChoice, More } from "../parts.tsx";
import { useSession } from "../session.tsx";

const STEP = 24;
const TYPES = { csv: "text/csv", apkg: "application/octet-stream" } as const;

export default function FlashcardsPage() {
  const text = useText();
  const { rest } = useSession();
  const [subject, setSubject] = useState("");
  const [limit, setLimit] = useState(STEP);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const query = subject ? { subject_id: subject } : {};
  const cards = useQuery(queryOptions(rest, "/api/flashcards", { query }));
  const download = useAction({
    mutationFn: async (format: keyof typeof TYPES) =>
      save(await rest.file("/api/flashcards", { query: { ...query, format } }, TYPES[format]), `flashcards.${format}`),
  });
  const all = cards.data?.items ?? [];
  const turn = (cardId: string): void =>
    setOpen((before) => {
      const after = new Set(before);
      if (!after.delete(cardId)) after.add(cardId);
      return after;
    });
  return (
    <>
      <PageHead
        title={text("nav.flashcards")}
        actions={
          all.length > 0 && (
            <>
              <button type="button" className="second" disabled={download.isPending} onClick={() => download.mutate("apkg")}>
                <Download size={16} aria-hidden="true" />
                {text("flashcards.anki")}
              </button>
              <button type="button" className="second" disabled={download.isPending} onClick={() => download.mutate("csv")}>
                <Download size={16} aria-hidden="true" />
                CSV
              </button>
            </>
          )
        }
      >
        {text("flashcards.intro")}
      </PageHead>
      <div className="stack">
        <div className="fields">
          <SubjectChoice value={subject} onChange={setSubject} />
        </div>
        {cards.isPending && <Loading />}
        <Problem error={cards.error ?? download.error} onRetry={() => void cards.refetch()} />
        {cards.isSuccess && all.length === 0 && (
          <Empty title={text("flashcards.none")} icon={<Layers size={30} aria-hidden="true" />}>
            <p>{text("flashcards.none.help")}</p>
          </Empty>
        )}
        <ul className="cards">
          {all.slice(0, limit).map((card) => (
            <li key={card.card_id} className="flash">
              <p className="row">
                <Badge>{text(`flashcards.${card.kind}`)}</Badge>
                <span className="small soft">{card.concept}</span>
              </p>
              <p className="front">{card.front}</p>
              <button type="button" className="second" aria-expanded={open.has(card.card_id)} onClick={() => turn(card.card_id)}>
                {text(open.has(card.card_id) ? "flashcards.hide" : "flashcards.show")}
                <span className="visually-hidden">: {card.front}</span>
              </button>
              {open.has(card.card_id) && (
                <>
                  <p className="pre">{card.back}</p>
                  {card.citation && <Source citation={card.citation} />}
                </>
              )}
            </li>
          ))}
        </ul>
        <More list={{ hasNextPage: all.length > limit, isFetchingNextPage: false, fetchNextPage: () => setLimit(limit + STEP) }} />
      </div>
    </>
  );
}
