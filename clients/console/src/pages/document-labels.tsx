import { type Document } from "@lyceum/client";
import { useState } from "react";
import { submitting, useAction } from "../actions.ts";
import { FormDialog } from "../dialogs.tsx";
import { useText } from "../language.tsx";
import { Problem, SubjectChoice } from "../parts.tsx";
import { useSession } from "../session.tsx";
import { useToast } from "../toasts.tsx";

/** Renames a document, moves it to another subject, and changes its tags. */
export default function LabelsDialog({ document, onClose, onChanged }: { document: Document; onClose: () => void; onChanged: () => unknown }) {
  const text = useText();
  const toast = useToast();
  const { rest } = useSession();
  const [name, setName] = useState(document.filename);
  const [subject, setSubject] = useState(document.subject_id ?? "");
  const [tags, setTags] = useState(document.tags.join(", "));
  const save = useAction({
    mutationFn: () =>
      rest.patch("/api/files/{file_id}", {
        path: { file_id: document.file_id },
        body: { file_name: name.trim(), subject_id: subject || null, tags: tags.split(",").map((tag) => tag.trim()).filter(Boolean) },
      }),
    onSuccess: async () => {
      await onChanged();
      toast(text("saved"));
      onClose();
    },
  });
  const send = submitting(() => save.mutate());
  return (
    <FormDialog title={text("documents.change")} onClose={onClose}>
      <form className="stack" onSubmit={send}>
        <label>
          {text("documents.name")}
          <input type="text" required maxLength={255} value={name} onChange={(event) => setName(event.target.value)} />
        </label>
        <SubjectChoice value={subject} onChange={setSubject} isPlace />
        <label>
          {text("documents.tags")}
          <input type="text" value={tags} onChange={(event) => setTags(event.target.value)} />
          <span className="help">{text("documents.tags.help")}</span>
        </label>
        <Problem error={save.error} />
        <div className="row">
          <button type="submit" disabled={save.isPending}>
            {text("save")}
          </button>
          <button type="button" className="second" onClick={onClose}>
            {text("cancel")}
          </button>
        </div>
      </form>
    </FormDialog>
  );
}
