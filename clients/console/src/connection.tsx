import { useQueryClient } from "@tanstack/react-query";
import { WifiOff } from "lucide-react";
import { useEffect, useState } from "react";
import { useText } from "./language.tsx";
import { useSession } from "./session.tsx";

const PATIENCE_MS = 2000;
const AGAIN_MS = 5000;

/** Keeps the WebSocket open, reads documents again when the server says that one has changed, and shows that the connection is lost. */
export function Connection() {
  const text = useText();
  const { socket } = useSession();
  const queries = useQueryClient();
  const [isLost, setIsLost] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let again: ReturnType<typeof setTimeout> | undefined;
    const lost = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => setIsLost(true), PATIENCE_MS); // a short interruption is not shown
    };
    const found = (): void => {
      clearTimeout(timer);
      setIsLost(false);
    };
    const open = (): void => {
      clearTimeout(again);
      socket.send({ type: "ping" }).then(found, () => {
        lost();
        again = setTimeout(open, AGAIN_MS); // the socket reconnects by itself only after a first connection
      });
    };
    const readAnew = (): void => {
      for (const path of ["/api/files", "/api/files/{file_id}", "/api/teacher/subjects/{subject_id}/materials"]) {
        void queries.invalidateQueries({ queryKey: ["lyceum", path] });
      }
    };
    const stops = [
      socket.on("lost", lost),
      socket.on("found", () => {
        found();
        readAnew(); // an event may have been missed meanwhile
      }),
      socket.on("document_updated", readAnew),
    ];
    addEventListener("online", open);
    addEventListener("offline", lost);
    open();
    return () => {
      clearTimeout(timer);
      clearTimeout(again);
      for (const stop of stops) stop();
      removeEventListener("online", open);
      removeEventListener("offline", lost);
    };
  }, [socket, queries]);
  return (
    <div role="status">
      {isLost && (
        <div className="notice">
          <WifiOff size={18} aria-hidden="true" />
          {text("connection.lost")}
        </div>
      )}
    </div>
  );
}
