import { queryOptions, type components } from "@lyceum/client";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { useText } from "./language.tsx";
import { useSession } from "./session.tsx";

export type CitationBody = components["schemas"]["CitationBody"];

export function Problem({ error }: { error: unknown }) {
  const text = useText();
  if (!error) return null;
  return <p role="alert">{text("error", { message: error instanceof Error ? error.message : String(error) })}</p>;
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

export function SubjectChoice({ value, onChange }: { value: string; onChange: (subjectId: string) => void }) {
  const text = useText();
  const { rest } = useSession();
  const subjects = useQuery(queryOptions(rest, "/api/subjects"));
  return (
    <label>
      {text("subject")}
      <select value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">{text("subject.none")}</option>
        {subjects.data?.items.map((subject) => (
          <option key={subject.subject_id} value={subject.subject_id}>
            {subject.name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** A source, which opens the document where the quote stands. */
export function Source({ citation, number }: { citation: CitationBody; number?: number }) {
  const text = useText();
  const place = new URLSearchParams({ index: String(citation.index), quote: citation.quote });
  if (citation.page) place.set("page", String(citation.page));
  const where = citation.page
    ? text("tutor.source", { name: citation.source_file, page: citation.page })
    : [citation.source_file, ...citation.heading_path].join(" › ");
  return (
    <Link className="source" to={`/documents/${encodeURIComponent(citation.file_id)}?${place}`}>
      {number !== undefined && <span className="number">[{number}]</span>} <q>{citation.quote}</q> <cite>{where}</cite>
    </Link>
  );
}
