import { queryOptions } from "@lyceum/client";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import { useText } from "../language.tsx";
import { Problem } from "../parts.tsx";
import { useSession } from "../session.tsx";

const PdfPage = lazy(() => import("./pdf-page.tsx"));

export default function DocumentPage() {
  const text = useText();
  const { fileId = "" } = useParams();
  const [place, setPlace] = useSearchParams();
  const { rest } = useSession();
  const document = useQuery(queryOptions(rest, "/api/files/{file_id}", { path: { file_id: fileId } }));
  const quote = place.get("quote") ?? "";
  const isPdf = document.data?.filename.toLowerCase().endsWith(".pdf") && document.data.page_count !== null;
  const pages = document.data?.page_count ?? 1;
  const page = Math.min(Math.max(Number(place.get("page") ?? 1) || 1, 1), pages);
  const go = (to: number): void => setPlace({ ...(quote ? { quote } : {}), page: String(to) });
  return (
    <>
      <p>
        <Link to="/documents">{text("document.back")}</Link>
      </p>
      <h1>{document.data?.filename ?? text("loading")}</h1>
      <Problem error={document.error} />
      {document.data && isPdf && (
        <>
          <p className="row">
            <button type="button" disabled={page <= 1} onClick={() => go(page - 1)}>
              {text("document.previous")}
            </button>
            <span aria-live="polite">{text("document.page", { page: `${page} / ${pages}` })}</span>
            <button type="button" disabled={page >= pages} onClick={() => go(page + 1)}>
              {text("document.next")}
            </button>
          </p>
          <Suspense fallback={<p role="status">{text("loading")}</p>}>
            <PdfPage fileId={fileId} page={page} quote={quote} />
          </Suspense>
        </>
      )}
      {document.data && !isPdf && <Text fileId={fileId} index={Number(place.get("index") ?? 0)} quote={quote} chunks={document.data.chunks_created} />}
    </>
  );
}

/** The text around a chunk, with the quote marked. */
function Text({ fileId, index, quote, chunks }: { fileId: string; index: number; quote: string; chunks: number | null }) {
  const text = useText();
  const { rest } = useSession();
  const [, setPlace] = useSearchParams();
  const chunk = useQuery(
    queryOptions(rest, "/api/files/{file_id}/chunks/{index}", { path: { file_id: fileId, index: String(index) } }),
  );
  const go = (to: number): void => setPlace({ index: String(to) });
  const shown = chunk.data;
  const at = shown && quote ? shown.text.indexOf(quote) : -1;
  return (
    <>
      <Problem error={chunk.error} />
      {shown && (
        <article className="text">
          {shown.heading_path.length > 0 && <p className="path">{shown.heading_path.join(" › ")}</p>}
          <p>
            {at < 0 ? (
              shown.text
            ) : (
              <>
                {shown.text.slice(0, at)}
                <mark>{quote}</mark>
                {shown.text.slice(at + quote.length)}
              </>
            )}
          </p>
        </article>
      )}
      <p className="row">
        <button type="button" disabled={!shown?.previous} onClick={() => go(index - 1)}>
          {text("document.previous")}
        </button>
        <span>{chunks ? `${index + 1} / ${chunks}` : index + 1}</span>
        <button type="button" disabled={!shown?.next} onClick={() => go(index + 1)}>
          {text("document.next")}
        </button>
      </p>
    </>
  );
}
