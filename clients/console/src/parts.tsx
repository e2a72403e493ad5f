import { queryOptions, type components } from "@lyceum/client";
import { useQuery } from "@tanstack/react-query";
import { CircleAlert, Inbox } from "lucide-react";
import { useEffect, type ReactNode } from "react";
import { Link } from "react-router";
import { useText } from "./language.tsx";
import { told } from "./problems.ts";
import { useSession } from "./session.tsx";
import type { TextId } from "./texts/en.ts";

export type CitationBody = components["schemas"]["CitationBody"];
export type Tone = "good" | "warn" | "bad" | "accent" | "";

/** An error, in a text that says what to do. With `onRetry`, there is a button to try again. */
export function Problem({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const text = useText();
  if (!error) return null;
  return (
    <div className="callout bad" role="alert">
      <CircleAlert size={20} aria-hidden="true" />
      <div className="stack tight">
        <p>{told(error, text)}</p>
        {onRetry && (
          <p>
            <button type="button" className="second" onClick={onRetry}>
              {text("retry")}
            </button>
          </p>
        )}
      </div>
    </div>
  );
}

export function Loading({ rows = 3 }: { rows?: number }) {
  const text = useText();
  return (
    <div role="status" className="loading">
      <span className="visually-hidden">{text("loading")}</span>
      {Array.from({ length: rows }, (_, index) => (
        <span key={index} aria-hidden="true" />
      ))}
    </div>
  );
}

/** The content of an empty list, with a hint at what to do. */
export function Empty({ title, children, icon }: { title: string; children?: ReactNode; icon?: ReactNode }) {
  return (
    <div className="empty">
      {icon ?? <Inbox size={30} aria-hidden="true" />}
      <strong>{title}</strong>
      {children}
    </div>
  );
}

/** `named` names the page in the browser's tab, if `title` alone does not. */
export function PageHead({ title, named = title, children, actions }: { title: string; named?: string; children?: ReactNode; actions?: ReactNode }) {
  useTitle(named);
  return (
    <div className="page-head">
      <div>
        <h1>{title}</h1>
        {children && <p>{children}</p>}
      </div>
      {actions && <div>{actions}</div>}
    </div>
  );
}

/** Names the page in the browser's tab and history. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Lyceum`;
  }, [title]);
}

export function Badge({ tone = "", children }: { tone?: Tone; children: ReactNode }) {
  return <span className={`badge ${tone}`}>{children}</span>;
}

/** The next page of a list, if there is one. */
export function More({ list }: { list: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown } }) {
  const text = useText();
  if (!list.hasNextPage) return null;
  return (
    <p>
      <button type="button" className="second" disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
        {text(list.isFetchingNextPage ? "loading" : "more")}
      </button>
    </p>
  );
}

/** A level or a share from 0 to 1, as a bar and as a number. */
export function Bar({ share, label }: { share: number; label: string }) {
  const percent = Math.round(share * 100);
  return (
    <span className="bar">
      <span className="track" aria-hidden="true">
        <span style={{ inlineSize: `${percent}%` }} />
      </span>
      <span className="visually-hidden">{label}: </span>
      {percent} %
    </span>
  );
}

/** `isPlace`: the subject is where a new thing belongs, not a filter. */
export function SubjectChoice({ value, onChange, isPlace = false, label = "subject" }: { value: string; onChange: (subjectId: string) => void; isPlace?: boolean; label?: TextId }) {
  const text = useText();
  const { rest } = useSession();
  const subjects = useQuery(queryOptions(rest, "/api/subjects"));
  return (
    <label>
      {text(label)}
      <select value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">{text(isPlace ? "subject.none" : "subject.all")}</option>
        {subjects.data?.items.map((subject) => (
          <option key={subject.subject_id} value={subject.subject_id}>
            {subject.name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The console's address for the cited place. */
export function placeOf(citation: CitationBody): string {
  const place = new URLSearchParams({ index: String(citation.index), quote: citation.quote });
  if (citation.page) place.set("page", String(citation.page));
  return `/documents/${encodeURIComponent(citation.file_id)}?${place}`;
}

/** A source. A click opens the document at the quote. */
export function Source({ citation, number, to }: { citation: CitationBody; number?: number; to?: string }) {
  const text = useText();
  const where = citation.page
    ? text("tutor.source", { name: citation.source_file, page: citation.page })
    : [citation.source_file, ...citation.heading_path].join(" › ");
  return (
    <Link className="source" to={to ?? placeOf(citation)}>
      {number !== undefined && <span className="number">[{number}]</span>} <q>{citation.quote}</q> <cite>{where}</cite>
    </Link>
  );
}
