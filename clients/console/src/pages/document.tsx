import { queryOptions, type Document } from "@lyceum/client";
import { useQuery } from "@tanstack/react-query";
import { ArrowLeft, ChevronLeft, ChevronRight, ExternalLink } from "lucide-react";
import { lazy, Suspense } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import { useAction } from "../actions.ts";
import { useText } from "../language.tsx";
import { Loading, PageHead, Problem } from "../parts.tsx";
import { MarkedText } from "../tables.tsx";
import { useSession } from "../session.tsx";
import type { TextId } from "../texts/en.ts";
import { DocumentState } from "./documents.tsx";

const PdfPage = lazy(() => import("./pdf-page.tsx"));

export default function DocumentPage() {
  const text = useText();
  const { fileId = "" } = useParams();
  const [place] = useSearchParams();
  const { rest } = useSession();
  const document = useQuery(queryOptions(rest, "/api/files/{file_id}", { path: { file_id: fileId } }));
  const original = useAction({
    mutationFn: () => rest.get("/api/files/{file_id}/download-url", { path: { file_id: fileId }, query: { inline: "true" } }),
    onSuccess: ({ url }) => open(url, "_blank", "noopener"),
  });
  return (
    <>
      <p>
        <Link to="/documents" className="row">
          <ArrowLeft size={16} aria-hidden="true" />
          {text("document.back")}
        </Link>
      </p>
      <PageHead
        title={document.data?.filename ?? text("document")}
        actions={
          document.data && (
            <button type="button" className="second" disabled={original.isPending} onClick={() => original.mutate()}>
              <ExternalLink size={16} aria-hidden="true" />
              {text("document.original")}
            </button>
          )
        }
      />
      <div className="stack">
        {document.isPending && <Loading />}
        <Problem error={document.error ?? original.error} onRetry={() => void document.refetch()} />
        {document.data && (
          <>
            <div>
              <DocumentState document={document.data} />
            </div>
            <Reader document={document.data} page={Number(place.get("page") ?? 1)} index={Number(place.get("index") ?? 0)} quote={place.get("quote") ?? ""} />
          </>
        )}
      </div>
    </>
  );
}

/** A document, open at a citation with the quote marked: a PDF page as it looks, any other document as text. */
export function Reader({ document, page, index, quote }: { document: Document; page: number; index: number; quote: string }) {
  const isPdf = document.filename.toLowerCase().endsWith(".pdf") && document.page_count !== null;
  return isPdf ? <Pdf document={document} first={page} quote={quote} /> : <Text document={document} index={index} quote={quote} />;
}

function Pdf({ document, first, quote }: { document: Document; first: number; quote: string }) {
  const [place, setPlace] = useSearchParams();
  const pages = document.page_count ?? 1;
  const page = Math.min(Math.max(first || 1, 1), pages);
  const go = (to: number): void => setPlace({ ...Object.fromEntries(place), ...(quote ? { quote } : {}), page: String(to) });
  return (
    <>
      <Turn name="document.page" at={page} of={pages} onTurn={go} hasPrevious={page > 1} hasNext={page < pages} />
      <Suspense fallback={<Loading />}>
        <PdfPage fileId={document.file_id} page={page} quote={quote} />
      </Suspense>
    </>
  );
}

/** The text around a chunk, with the quote marked. */
function Text({ document, index, quote }: { document: Document; index: number; quote: string }) {
  const text = useText();
  const { rest } = useSession();
  const [place, setPlace] = useSearchParams();
  const path = { file_id: document.file_id, index: String(index) };
  const chunk = useQuery(queryOptions(rest, "/api/files/{file_id}/chunks/{index}", { path }));
  const go = (to: number): void => setPlace({ ...Object.fromEntries(place), index: String(to) });
  const shown = chunk.data;
  const at = shown && quote ? shown.text.indexOf(quote) : -1;
  return (
    <>
      <Turn name="document.part" at={index + 1} of={document.chunks_created} onTurn={(to) => go(to - 1)} hasPrevious={Boolean(shown?.previous)} hasNext={Boolean(shown?.next)} />
      {chunk.isPending && <Loading />}
      <Problem error={chunk.error} onRetry={() => void chunk.refetch()} />
      {shown && (
        <article className="card text" aria-label={text("document.text")}>
          {shown.heading_path.length > 0 && <p className="small soft">{shown.heading_path.join(" › ")}</p>}
          <MarkedText text={shown.text} heads={shown.column_heads} from={at} to={at < 0 ? at : at + quote.length} />
        </article>
      )}
    </>
  );
}

/** `name` is the text that names the place: a page, or a part of the text. */
function Turn({ name, at, of, onTurn, hasPrevious, hasNext }: { name: TextId; at: number; of: number | null; onTurn: (to: number) => void; hasPrevious: boolean; hasNext: boolean }) {
  const text = useText();
  return (
    <div className="row">
      <button type="button" className="second" disabled={!hasPrevious} onClick={() => onTurn(at - 1)}>
        <ChevronLeft size={16} aria-hidden="true" />
        {text("document.previous")}
      </button>
      <span aria-live="polite">{text(name, { page: of ? `${at} / ${of}` : at })}</span>
      <button type="button" className="second" disabled={!hasNext} onClick={() => onTurn(at + 1)}>
        {text("document.next")}
        <ChevronRight size={16} aria-hidden="true" />
      </button>
    </div>
  );
}
