import type { components } from "@lyceum/client";
import { useQueryClient } from "@tanstack/react-query";
import { Flag, Scale } from "lucide-react";
import { useState } from "react";
import { submitting, useAction } from "./actions.ts";
import { FormDialog } from "./dialogs.tsx";
import { textOr, useMoment, useText } from "./language.tsx";
import { Badge, Problem } from "./parts.tsx";
import { useSession } from "./session.tsx";
import { useToast } from "./toasts.tsx";

type Correction = components["schemas"]["CorrectionBody"];
type Appeal = components["schemas"]["AppealOfMark"];
type Place = { question_id: string } | { fact: string };

/** A verdict in the chosen language. A verdict that the console does not know is shown under the server's name. */
export function useVerdict(): (verdict: string) => string {
  const text = useText();
  return (verdict) => textOr(`verdict.${verdict}`, verdict, text);
}

const counted = (credit: number | null, none: string): string => (credit === null ? none : `${Math.round(credit * 100)} %`);

/** The decisions about a mark with their reasons, the latest first. */
export function Corrections({ corrections }: { corrections: Correction[] }) {
  const text = useText();
  const moment = useMoment();
  const verdict = useVerdict();
  if (corrections.length === 0) return null;
  return (
    <ul className="plain-list">
      {corrections.map((one) => (
        <li key={one.decision_id} className="callout good">
          <Scale size={18} aria-hidden="true" />
          <div>
            <p>
              <strong>{text(one.kind === "regrade" ? "mark.regraded" : "mark.decided", { verdict: verdict(one.verdict) })}</strong>{" "}
              {text("mark.moved", { before: counted(one.credit_before, text("mark.uncounted")), after: counted(one.credit_after, text("mark.uncounted")) })}
            </p>
            <p>{one.reason}</p>
            <p className="small">{moment(one.decided_at, "moment")}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}

/** The learner's appeal against a mark, or a form for one. */
export function Dispute({ resultId, place, named, appeal, onDone }: { resultId: string; place: Place; named: string; appeal: Appeal | null; onDone: () => unknown }) {
  const text = useText();
  const [isOpen, setIsOpen] = useState(false);
  if (appeal) {
    return (
      <p className="row small">
        <Badge tone={appeal.status === "open" ? "warn" : "accent"}>{text(`appeal.${appeal.status}`)}</Badge>
        <q>{appeal.sentence}</q>
      </p>
    );
  }
  return (
    <>
      <p>
        <button type="button" className="plain" aria-label={`${text("appeal.begin")}: ${named}`} onClick={() => setIsOpen(true)}>
          <Flag size={16} aria-hidden="true" />
          {text("appeal.begin")}
        </button>
      </p>
      {isOpen && <AppealDialog resultId={resultId} place={place} named={named} onDone={onDone} onClose={() => setIsOpen(false)} />}
    </>
  );
}

function AppealDialog({ resultId, place, named, onDone, onClose }: { resultId: string; place: Place; named: string; onDone: () => unknown; onClose: () => void }) {
  const text = useText();
  const toast = useToast();
  const queries = useQueryClient();
  const { rest } = useSession();
  const [sentence, setSentence] = useState("");
  const appeal = useAction({
    mutationFn: () => rest.post("/api/results/{result_id}/appeals", { path: { result_id: resultId }, body: { sentence: sentence.trim(), ...place } }),
    onSuccess: async () => {
      await onDone();
      void queries.invalidateQueries({ queryKey: ["lyceum", "/api/interviews/{session_id}"] });
      toast(text("appeal.sent"));
      onClose();
    },
  });
  const send = submitting(() => appeal.mutate());
  return (
    <FormDialog title={text("appeal.begin")} onClose={onClose}>
      <p>{named}</p>
      <form className="stack" onSubmit={send}>
        <label>
          {text("appeal.sentence")}
          <textarea required rows={3} maxLength={500} value={sentence} onChange={(event) => setSentence(event.target.value)} />
          <span className="help">{text("appeal.sentence.help")}</span>
        </label>
        <Problem error={appeal.error} />
        <div className="row">
          <button type="submit" disabled={appeal.isPending || !sentence.trim()}>
            {text("appeal.send")}
          </button>
          <button type="button" className="second" onClick={onClose}>
            {text("cancel")}
          </button>
        </div>
      </form>
    </FormDialog>
  );
}
