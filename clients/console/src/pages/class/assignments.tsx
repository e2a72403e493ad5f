import { pageOptions } from "@lyceum/client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { ClipboardList } from "lucide-react";
import { Link } from "react-router";
import { useMoment, useText } from "../../language.tsx";
import { Badge, Empty, Loading, More, Problem } from "../../parts.tsx";
import { useSession } from "../../session.tsx";
import { useSubject } from "./class.tsx";

/** The assignments of the class, each with its quiz. */
export default function Assignments() {
  const text = useText();
  const moment = useMoment();
  const subjectId = useSubject();
  const { rest } = useSession();
  const list = useInfiniteQuery(pageOptions(rest, "/api/assignments", { query: { limit: 20, subject_id: subjectId } }));
  const assignments = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="stack">
      <p className="soft">{text("assignments.intro")}</p>
      {list.isPending && <Loading />}
      <Problem error={list.error} onRetry={() => void list.refetch()} />
      {list.isSuccess && assignments.length === 0 && (
        <Empty title={text("assignments.none")} icon={<ClipboardList size={30} aria-hidden="true" />}>
          <p>{text("assignments.none.help")}</p>
        </Empty>
      )}
      <ul className="rows">
        {assignments.map((one) => (
          <li key={one.assignment_id} className="stack tight">
            <h2>
              <Link to={one.assignment_id}>{one.title}</Link>
            </h2>
            <p className="row small soft">
              {one.num_questions === null ? (
                <Badge>{text("assignments.free")}</Badge>
              ) : (
                <>
                  <Badge tone={one.state === "open" ? "good" : ""}>{text(`assigned.${one.state}`)}</Badge>
                  {text("quizzes.size", { count: one.num_questions })}
                </>
              )}
              {one.closes_at && <>· {text("assigned.closes", { moment: moment(one.closes_at, "moment") })}</>}
            </p>
          </li>
        ))}
      </ul>
      <More list={list} />
    </div>
  );
}
