import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { submitting, useAction } from "../../actions.ts";
import { useGo } from "../../going.tsx";
import { useText } from "../../language.tsx";
import { Problem } from "../../parts.tsx";
import { useSession } from "../../session.tsx";
import { useSubject } from "./class.tsx";
import { EMPTY, ItemFields, written } from "./item-fields.tsx";
import { ITEMS } from "./items.tsx";

/** An item of the teacher's own. */
export default function NewItem() {
  const text = useText();
  const subjectId = useSubject();
  const { rest } = useSession();
  const go = useGo();
  const queries = useQueryClient();
  const [item, setItem] = useState(EMPTY);
  const create = useAction({
    mutationFn: () => rest.post(ITEMS, { path: { subject_id: subjectId }, body: written(item) }),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: ["lyceum", ITEMS] });
      await go(`/class/${subjectId}/items/${made.item_id}`, { replace: true });
    },
  });
  const send = submitting(() => create.mutate());
  return (
    <form className="card stack" onSubmit={send}>
      <h2>{text("items.write")}</h2>
      <ItemFields item={item} onChange={setItem} />
      <Problem error={create.error} />
      <div className="row">
        <button type="submit" disabled={create.isPending}>
          {text("items.write.send")}
        </button>
        <Link className="button second" to={`/class/${subjectId}/items`}>
          {text("cancel")}
        </Link>
      </div>
    </form>
  );
}
