import { pageOptions, queryOptions } from "@lyceum/client";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { NavLink, useParams, useSearchParams } from "react-router";
import { useGo } from "../going.tsx";
import { useText } from "../language.tsx";
import { Loading, More, Problem, useTitle } from "../parts.tsx";
import { useSession } from "../session.tsx";
import { Conversation, kept, type StoredMessage } from "./conversation.tsx";

const CitedDocument = lazy(async () => ({ default: (await import("./document.tsx")).Reader }));

/** `begun` is the conversation that the first answer created. Its messages are already on the page. */
interface Held {
  key: number;
  id: string | undefined;
  begun?: string;
}

export default function TutorPage() {
  const text = useText();
  const { rest } = useSession();
  const { conversationId } = useParams();
  useTitle(text("nav.tutor"));
  const [place, setPlace] = useSearchParams();
  const go = useGo();
  const options = pageOptions(rest, "/api/chat/conversations", { query: { limit: 20 } });
  const conversations = useInfiniteQuery(options);
  const [held, setHeld] = useState<Held>({ key: 0, id: conversationId });
  if (conversationId !== held.id && conversationId !== held.begun) setHeld({ key: held.key + 1, id: conversationId });
  const messages = useQuery({
    queryKey: ["messages", held.id, held.key],
    enabled: held.id !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      const all: StoredMessage[] = [];
      const path = { conversation_id: held.id ?? "" };
      for await (const one of rest.items("/api/chat/conversations/{conversation_id}", { path, query: { limit: 100 } })) all.push(one);
      return all.map(kept);
    },
  });
  const begin = (id: string): void => {
    setHeld((before) => ({ ...before, begun: id }));
    void go({ pathname: `/tutor/${id}`, search: location.search }, { replace: true });
  };
  const fileId = place.get("file");
  return (
    <div className="tutor">
      <section aria-labelledby="tutor" className="stack">
        <h1 id="tutor">{text("nav.tutor")}</h1>
        <div className={fileId ? "beside" : ""}>
          <div>
            {messages.isLoading && <Loading />}
            <Problem error={messages.error} onRetry={() => void messages.refetch()} />
            {(held.id === undefined || messages.data) && (
              <Conversation
                key={held.key}
                conversationId={held.id}
                before={messages.data ?? []}
                onBegun={begin}
                onAnswered={() => void conversations.refetch()}
              />
            )}
          </div>
          {fileId && <Cited fileId={fileId} place={place} onClose={() => setPlace({})} />}
        </div>
      </section>
      <aside aria-labelledby="conversations" className="stack tight">
        <NavLink className="button second" to="/tutor" end onClick={() => setHeld((before) => ({ key: before.key + 1, id: undefined }))}>
          <Plus size={16} aria-hidden="true" />
          {text("tutor.new")}
        </NavLink>
        <h2 id="conversations">{text("tutor.conversations")}</h2>
        {conversations.isPending && <Loading />}
        <Problem error={conversations.error} onRetry={() => void conversations.refetch()} />
        {conversations.data?.pages[0]?.items.length === 0 && <p className="small soft">{text("tutor.conversations.none")}</p>}
        <ul>
          {conversations.data?.pages
            .flatMap((page) => page.items)
            .map((one) => (
              <li key={one.conversation_id}>
                <NavLink to={`/tutor/${one.conversation_id}`}>{one.title}</NavLink>
              </li>
            ))}
        </ul>
        <More list={conversations} />
      </aside>
    </div>
  );
}

/** The cited document, open beside the conversation. */
function Cited({ fileId, place, onClose }: { fileId: string; place: URLSearchParams; onClose: () => void }) {
  const text = useText();
  const { rest } = useSession();
  const document = useQuery(queryOptions(rest, "/api/files/{file_id}", { path: { file_id: fileId } }));
  return (
    <section className="stack tight" aria-labelledby="cited">
      <div className="row spread">
        <h2 id="cited">{document.data?.filename ?? text("document")}</h2>
        <button type="button" className="second square" aria-label={text("tutor.cited.close")} onClick={onClose}>
          <X size={18} aria-hidden="true" />
        </button>
      </div>
      <Problem error={document.error} onRetry={() => void document.refetch()} />
      <Suspense fallback={<Loading />}>
        {document.data && (
          <CitedDocument
            document={document.data}
            page={Number(place.get("page") ?? 1)}
            index={Number(place.get("index") ?? 0)}
            quote={place.get("quote") ?? ""}
          />
        )}
      </Suspense>
    </section>
  );
}
