import { pageOptions, type Document } from "@lyceum/client";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { FileText } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { useAction } from "../../actions.ts";
import { Confirm } from "../../dialogs.tsx";
import { useText } from "../../language.tsx";
import { Empty, Loading, More, Problem } from "../../parts.tsx";
import { useSession } from "../../session.tsx";
import { UploadArea } from "../../uploading.tsx";
import { checkUntilEnded, DocumentState } from "../documents.tsx";
import { useSubject } from "./class.tsx";

const PATH = "/api/teacher/subjects/{subject_id}/materials";

/** The documents of the class: every learner's tutor may use them, and items are made from them. */
export default function Materials() {
  const text = useText();
  const subjectId = useSubject();
  const { rest } = useSession();
  const queries = useQueryClient();
  const path = { subject_id: subjectId };
  const list = useInfiniteQuery({
    ...pageOptions(rest, PATH, { path, query: { limit: 24 } }),
    refetchInterval: (query) => checkUntilEnded(query.state.data?.pages.flatMap((page) => page.items) ?? []),
  });
  const [doomed, setDoomed] = useState<Document | null>(null);
  const refresh = () => queries.invalidateQueries({ queryKey: ["lyceum", PATH] });
  const remove = useAction({
    mutationFn: (fileId: string) => rest.delete(`${PATH}/{file_id}`, { path: { ...path, file_id: fileId } }),
    onSettled: () => {
      setDoomed(null);
      return refresh();
    },
  });
  const documents = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="stack">
      <p className="soft">{text("materials.intro")}</p>
      <UploadArea options={{ forClass: subjectId }} onChanged={refresh} />
      {list.isPending && <Loading />}
      <Problem error={list.error ?? remove.error} onRetry={() => void list.refetch()} />
      {list.isSuccess && documents.length === 0 && (
        <Empty title={text("materials.none")}>
          <p>{text("materials.none.help")}</p>
        </Empty>
      )}
      <ul className="cards">
        {documents.map((document) => (
          <li key={document.file_id} className="document">
            <h2>
              <FileText size={18} aria-hidden="true" />{" "}
              {document.searchable ? <Link to={`/documents/${document.file_id}`}>{document.filename}</Link> : document.filename}
            </h2>
            <DocumentState document={document} />
            <p>
              <button type="button" className="plain danger" aria-label={`${text("delete")}: ${document.filename}`} onClick={() => setDoomed(document)}>
                {text("delete")}
              </button>
            </p>
          </li>
        ))}
      </ul>
      <More list={list} />
      {doomed && (
        <Confirm
          title={text("documents.delete.sure", { name: doomed.filename })}
          action={text("delete")}
          isBusy={remove.isPending}
          onConfirm={() => remove.mutate(doomed.file_id)}
          onClose={() => setDoomed(null)}
        >
          {text("materials.delete.help")}
        </Confirm>
      )}
    </div>
  );
}
