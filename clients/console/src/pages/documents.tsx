import { pageOptions, queryOptions, type Document } from "@lyceum/client";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { FileText } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Link } from "react-router";
import { useAction } from "../actions.ts";
import { textOr, useMoment, useText } from "../language.tsx";
import { Badge, Empty, Loading, More, PageHead, Problem, SubjectChoice, type Tone } from "../parts.tsx";
import { useSession } from "../session.tsx";
import { useToast } from "../toasts.tsx";
import { UploadArea } from "../uploading.tsx";

const LabelsDialog = lazy(() => import("./document-labels.tsx"));
const DeleteDialog = lazy(() => import("./document-delete.tsx"));
const CHECK_MS = 10_000; // in case the push about a change is lost; there is none about class materials
const TONES: Record<Document["status"], Tone> = { awaiting_upload: "", processing: "warn", completed: "good", failed: "bad" };

/** The interval in milliseconds for `refetchInterval` while documents are awaited or processed; false if there are none. */
export const checkUntilEnded = (documents: Document[]): number | false =>
  documents.some((one) => one.status === "awaiting_upload" || one.status === "processing") ? CHECK_MS : false;

export function DocumentsPage() {
  const text = useText();
  const toast = useToast();
  const { rest } = useSession();
  const queries = useQueryClient();
  const options = pageOptions(rest, "/api/files", { query: { limit: 24 } });
  const list = useInfiniteQuery({
    ...options,
    refetchInterval: (query) => checkUntilEnded(query.state.data?.pages.flatMap((page) => page.items) ?? []),
  });
  const [subject, setSubject] = useState("");
  const [changed, setChanged] = useState<Document | null>(null);
  const [doomed, setDoomed] = useState<Document | null>(null);
  const refresh = () => queries.invalidateQueries({ queryKey: ["lyceum", "/api/files"] });
  const remove = useAction({
    mutationFn: (document: Document) => rest.delete("/api/files/{file_id}", { path: { file_id: document.file_id } }),
    onSuccess: (_, document) => toast(text("documents.deleted", { name: document.filename })),
    onSettled: () => {
      setDoomed(null);
      return refresh();
    },
  });
  const subjects = useQuery(queryOptions(rest, "/api/subjects"));
  const nameOf = (subjectId: string | null): string | undefined => subjects.data?.items.find((one) => one.subject_id === subjectId)?.name;
  const documents = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <PageHead title={text("nav.documents")}>{text("documents.intro")}</PageHead>
      <div className="stack">
        <div className="fields">
          <SubjectChoice value={subject} onChange={setSubject} isPlace label="documents.subject" />
        </div>
        <UploadArea options={subject ? { subjectId: subject } : {}} onChanged={refresh} />
        <Problem error={remove.error} />
      </div>
      <section className="section stack" aria-labelledby="documents">
        <h2 id="documents">{text("documents.list")}</h2>
        {list.isPending && <Loading />}
        <Problem error={list.error} onRetry={() => void list.refetch()} />
        {list.isSuccess && documents.length === 0 && (
          <Empty title={text("documents.none")}>
            <p>{text("documents.none.help")}</p>
          </Empty>
        )}
        <ul className="cards">
          {documents.map((document) => (
            <Card key={document.file_id} document={document} subject={nameOf(document.subject_id)} onChange={() => setChanged(document)} onDelete={() => setDoomed(document)} />
          ))}
        </ul>
        <More list={list} />
      </section>
      <Suspense fallback={null}>
        {changed && <LabelsDialog document={changed} onClose={() => setChanged(null)} onChanged={refresh} />}
        {doomed && (
          <DeleteDialog document={doomed} isBusy={remove.isPending} onConfirm={() => remove.mutate(doomed)} onClose={() => setDoomed(null)} />
        )}
      </Suspense>
    </>
  );
}

/** `subject` is the name of the document's subject; undefined if it has none, or the names are not loaded yet. */
function Card({ document, subject, onChange, onDelete }: { document: Document; subject: string | undefined; onChange: () => void; onDelete: () => void }) {
  const text = useText();
  return (
    <li className="document">
      <h3>
        <FileText size={18} aria-hidden="true" />
        {document.searchable ? <Link to={`/documents/${document.file_id}`}>{document.filename}</Link> : document.filename}
      </h3>
      <DocumentState document={document} />
      {document.subject_id && <p className="small soft">{subject ?? "\u00a0"}</p>}
      <p className="row">
        <button type="button" className="plain" onClick={onChange} aria-label={`${text("documents.change")}: ${document.filename}`}>
          {text("documents.change")}
        </button>
        <button type="button" className="plain danger" onClick={onDelete} aria-label={`${text("delete")}: ${document.filename}`}>
          {text("delete")}
        </button>
      </p>
    </li>
  );
}

/** The state and progress of a document, its labels, and the warnings about unreadable pages. */
export function DocumentState({ document }: { document: Document }) {
  const text = useText();
  const moment = useMoment();
  const { done, total } = document.progress;
  return (
    <>
      <p className="row">
        <Badge tone={TONES[document.status]}>{text(`documents.status.${document.status}`)}</Badge>
        {document.status === "processing" && document.searchable && <Badge tone="good">{text("documents.searchable")}</Badge>}
        <span className="small soft">
          {document.page_count !== null && <>{text("documents.pages", { count: document.page_count })} · </>}
          {moment(document.upload_timestamp)}
        </span>
      </p>
      {document.tags.length > 0 && (
        <p className="row">
          {document.tags.map((tag) => (
            <Badge key={tag}>{tag}</Badge>
          ))}
        </p>
      )}
      {document.status === "processing" && total > 0 && <progress value={done} max={total} aria-label={document.filename} />}
      {document.error_message && <p className="callout bad">{textOr(`problem.${document.error_code}`, document.error_message, text)}</p>}
      {document.warnings.length > 0 && (
        <details>
          <summary>{text("documents.warnings", { count: document.warnings.length })}</summary>
          <ul className="plain-list small">
            {document.warnings.map((warning) => (
              <li key={warning.code}>
                {warning.pages.length > 0 && <>{text("documents.warning", { pages: warning.pages.join(", ") })} </>}
                {textOr(`warning.${warning.code}`, warning.message, text)}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
