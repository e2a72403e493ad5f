import type { AnswerOf } from "@lyceum/client";
import { useQueryClient } from "@tanstack/react-query";
import { FileUp } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { submitting, useAction } from "../../actions.ts";
import { textOr, useText } from "../../language.tsx";
import { Problem } from "../../parts.tsx";
import { useSession } from "../../session.tsx";
import { useSubject } from "./class.tsx";
import { ItemBadges, ITEMS } from "./items.tsx";

const PATH = "/api/teacher/subjects/{subject_id}/items/import";
type Outcome = AnswerOf<"POST", typeof PATH>;

/** Imports items of another program into the bank, as drafts. Shows the reason for each item that was refused. */
export default function ImportItems() {
  const text = useText();
  const subjectId = useSubject();
  const { rest } = useSession();
  const queries = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const bring = useAction({
    mutationFn: (chosen: File) => {
      const form = new FormData();
      form.set("file", chosen);
      return rest.post(PATH, { path: { subject_id: subjectId }, form });
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ["lyceum", ITEMS] }),
  });
  const send = submitting(() => file && bring.mutate(file));
  return (
    <div className="stack">
      <form className="card stack" onSubmit={send}>
        <h2>{text("import")}</h2>
        <p className="soft">{text("import.help")}</p>
        <label>
          {text("import.file")}
          <input
            type="file"
            required
            accept=".zip,.xml,.csv,application/zip,text/xml,text/csv"
            onChange={(event) => {
              setFile(event.target.files?.[0] ?? null);
              bring.reset(); // the shown outcome belongs to another file
            }}
          />
          <span className="help">{text("import.file.help")}</span>
        </label>
        <Problem error={bring.error} />
        <div className="row">
          <button type="submit" disabled={bring.isPending || !file || bring.isSuccess}>
            <FileUp size={16} aria-hidden="true" />
            {text(bring.isPending ? "import.running" : "import.send")}
          </button>
          <Link className="button second" to={`/class/${subjectId}/items`}>
            {text(bring.isSuccess ? "items.back" : "cancel")}
          </Link>
        </div>
      </form>
      <div role="status">{bring.data && <Told outcome={bring.data} subjectId={subjectId} />}</div>
    </div>
  );
}

function Told({ outcome, subjectId }: { outcome: Outcome; subjectId: string }) {
  const text = useText();
  return (
    <div className="stack">
      <p>
        <strong>{text("import.done", { made: outcome.items.length, refused: outcome.refused.length })}</strong>
      </p>
      {outcome.refused.length > 0 && (
        <section className="card stack tight" aria-labelledby="refused">
          <h2 id="refused">{text("import.refused")}</h2>
          <div className="scroll" tabIndex={0} role="region" aria-labelledby="refused">
            <table>
              <thead>
                <tr>
                  <th scope="col">{text("import.where")}</th>
                  <th scope="col">{text("import.why")}</th>
                </tr>
              </thead>
              <tbody>
                {outcome.refused.map((one, index) => (
                  <tr key={index}>
                    <th scope="row">{one.name}</th>
                    <td>{textOr(`import.why.${one.code}`, one.message, text)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      )}
      {outcome.items.length > 0 && (
        <section className="stack tight" aria-labelledby="made">
          <h2 id="made">{text("import.made")}</h2>
          <p className="soft">{text("import.made.help")}</p>
          <ul className="rows">
            {outcome.items.map((item) => (
              <li key={item.item_id} className="stack tight">
                <p>
                  <Link to={`/class/${subjectId}/items/${item.item_id}`}>{item.question}</Link>
                </p>
                <p className="row">
                  <ItemBadges item={item} />
                  <span className="small soft">{item.concept}</span>
                </p>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
