import { upload, type UploadOptions } from "@lyceum/client";
import { UploadCloud } from "lucide-react";
import { useId, useState, type DragEvent } from "react";
import { useText } from "./language.tsx";
import { Problem } from "./parts.tsx";
import { useSession } from "./session.tsx";

interface Running {
  name: string;
  share: number;
  stop: AbortController;
}

/** The area where files are dropped or chosen, with the progress of the uploads. `onChanged` is called when the list of documents has changed. */
export function UploadArea({ options, onChanged }: { options: Pick<UploadOptions, "subjectId" | "forClass">; onChanged: () => unknown }) {
  const text = useText();
  const { rest } = useSession();
  const [running, setRunning] = useState<Record<string, Running>>({});
  const [failures, setFailures] = useState<{ name: string; error: unknown }[]>([]);
  const [isOver, setIsOver] = useState(false);
  const input = useId();

  const bring = async (file: File): Promise<void> => {
    const key = crypto.randomUUID();
    const stop = new AbortController();
    const show = (share: number) => setRunning((all) => ({ ...all, [key]: { name: file.name, share, stop } }));
    show(0);
    try {
      await upload(rest, file, { ...options, signal: stop.signal, onProgress: (sent, total) => show(sent / total) });
    } catch (error) {
      if (!stop.signal.aborted) setFailures((all) => [...all, { name: file.name, error }]);
    } finally {
      setRunning(({ [key]: _, ...others }) => others);
      await onChanged();
    }
  };
  const bringAll = (files: FileList | null): void => {
    setFailures([]);
    for (const file of files ?? []) void bring(file);
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setIsOver(false);
    bringAll(event.dataTransfer.files);
  };
  return (
    <div className="stack tight">
      <div
        className={isOver ? "drop over" : "drop"}
        onDragOver={(event) => {
          event.preventDefault();
          setIsOver(true);
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={drop}
      >
        <UploadCloud size={30} aria-hidden="true" />
        <label htmlFor={input}>{text("documents.drop")}</label>
        <input
          id={input}
          type="file"
          multiple
          aria-describedby={`${input}-help`}
          onChange={(event) => {
            bringAll(event.target.files);
            event.target.value = "";
          }}
        />
        <span id={`${input}-help`} className="help">
          {text("documents.drop.help")}
        </span>
      </div>
      <div role="status">
        {Object.entries(running).map(([key, one]) => (
          <p key={key} className="row">
            {text("documents.uploading", { name: one.name, share: Math.round(one.share * 100) })}
            <button type="button" className="plain" aria-label={`${text("cancel")}: ${one.name}`} onClick={() => one.stop.abort()}>
              {text("cancel")}
            </button>
          </p>
        ))}
      </div>
      {failures.map(({ name, error }, index) => (
        <div key={index}>
          <p className="small">{name}</p>
          <Problem error={error} />
        </div>
      ))}
    </div>
  );
}
