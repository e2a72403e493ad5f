import { pageOptions, upload, waitForDocument, type Document } from "@lyceum/client";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState, type DragEvent } from "react";
import { Link } from "react-router";
import { useText } from "../language.tsx";
import { Problem, SubjectChoice } from "../parts.tsx";
import { useSession } from "../session.tsx";

interface Running {
  name: string;
  share: number;
  stop: AbortController;
}

export function DocumentsPage() {
  const text = useText();
  const { rest } = useSession();
  const queries = useQueryClient();
  const options = pageOptions(rest, "/api/files", { query: { limit: 50 } });
  const list = useInfiniteQuery(options);
  const [subject, setSubject] = useState("");
  const [running, setRunning] = useState<Record<string, Running>>({});
  const [error, setError] = useState<unknown>(null);
  const [isOver, setIsOver] = useState(false);
  const refresh = () => queries.invalidateQueries({ queryKey: options.queryKey });
  const remove = useMutation({
    mutationFn: (fileId: string) => rest.delete("/api/files/{file_id}", { path: { file_id: fileId } }),
    onSettled: refresh,
  });

  const bring = async (file: File): Promise<void> => {
    const key = crypto.randomUUID();
    const stop = new AbortController();
    const show = (share: number) => setRunning((all) => ({ ...all, [key]: { name: file.name, share, stop } }));
    const hide = () => setRunning(({ [key]: _, ...others }) => others);
    show(0);
    try {
      const uploaded = await upload(rest, file, {
        ...(subject ? { subjectId: subject } : {}),
        signal: stop.signal,
        onProgress: (sent, total) => show(sent / total),
      });
      hide();
      await refresh();
      await waitForDocument(rest, uploaded.file_id, { until: "searchable" });
      await refresh();
      await waitForDocument(rest, uploaded.file_id);
    } catch (failed) {
      if (!stop.signal.aborted) setError(failed);
    } finally {
      hide();
      await refresh();
    }
  };
  const bringAll = (files: FileList | null): void => {
    setError(null);
    for (const file of files ?? []) void bring(file);
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setIsOver(false);
    bringAll(event.dataTransfer.files);
  };
  const documents = list.data?.pages.flatMap((page) => page.items) ?? [];
  const input = useId();
  return (
    <>
      <h1>{text("nav.documents")}</h1>
      <SubjectChoice value={subject} onChange={setSubject} />
      <div
        className={isOver ? "drop over" : "drop"}
        onDragOver={(event) => {
          event.preventDefault();
          setIsOver(true);
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={drop}
      >
        <label htmlFor={input}>{text("documents.drop")}</label>
        <input
          id={input}
          type="file"
          multiple
          onChange={(event) => {
            bringAll(event.target.files);
            event.target.value = "";
          }}
        />
      </div>
      <div role="status">
        {Object.entries(running).map(([key, one]) => (
          <p key={key}>
            {text("documents.uploading", { name: one.name, share: Math.round(one.share * 100) })}{" "}
            <button type="button" className="plain" onClick={() => one.stop.abort()}>
              {text("cancel")}
            </button>
          </p>
        ))}
      </div>
      <Problem error={error ?? list.error ?? remove.error} />
      <h2>{text("documents.list")}</h2>
      {list.isSuccess && documents.length === 0 && <p>{text("documents.none")}</p>}
      <ul className="cards">
        {documents.map((document) => (
          <Card key={document.file_id} document={document} onDelete={() => remove.mutate(document.file_id)} />
        ))}
      </ul>
      {list.hasNextPage && (
        <button type="button" onClick={() => void list.fetchNextPage()}>
          {text("more")}
        </button>
      )}
    </>
  );
}

function Card({ document, onDelete }: { document: Document; onDelete: () => void }) {
  const text = useText();
  const { done, total } = document.progress;
  return (
    <li>
      <h3>
        {document.searchable ? (
          <Link to={`/documents/${document.file_id}`}>{document.filename}</Link>
        ) : (
          document.filename
        )}
      </h3>
      <p>
        {text(`documents.status.${document.status}`)}
        {document.status === "processing" && document.searchable && <> · {text("documents.searchable")}</>}
        {document.page_count !== null && <> · {text("documents.pages", { count: document.page_count })}</>}
      </p>
      {document.status === "processing" && total > 0 && <progress value={done} max={total} aria-label={document.filename} />}
      {document.error_message && <p role="alert">{document.error_message}</p>}
      {document.warnings.map((warning) => (
        <p key={warning.code} className="warning">
          {text("documents.warning", { pages: warning.pages.join(", "), message: warning.message })}
        </p>
      ))}
      <button type="button" className="plain" onClick={onDelete} aria-label={`${text("delete")}: ${document.filename}`}>
        {text("delete")}
      </button>
    </li>
  );
}
