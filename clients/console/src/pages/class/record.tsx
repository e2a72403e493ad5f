import { pageOptions } from "@lyceum/client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Scale } from "lucide-react";
import { useMoment, useText } from "../../language.tsx";
import { useVerdict } from "../../marks.tsx";
import { Badge, Empty, Loading, More, Problem } from "../../parts.tsx";
import { useSession } from "../../session.tsx";
import { useSubject } from "./class.tsx";

/** The record of decisions about marks: who decided what, when and why. */
export default function Record() {
  const text = useText();
  const moment = useMoment();
  const verdict = useVerdict();
  const subjectId = useSubject();
  const { rest } = useSession();
  const list = useInfiniteQuery(pageOptions(rest, "/api/teacher/subjects/{subject_id}/decisions", { path: { subject_id: subjectId }, query: { limit: 20 } }));
  const decisions = list.data?.pages.flatMap((page) => page.items) ?? [];
  const erased = list.data?.pages[0]?.erased ?? 0;
  const credit = (value: number | null): string => (value === null ? text("mark.uncounted") : `${Math.round(value * 100)} %`);
  return (
    <div className="stack">
      <p className="soft">{text("record.intro")}</p>
      {list.isPending && <Loading />}
      <Problem error={list.error} onRetry={() => void list.refetch()} />
      {list.isSuccess && decisions.length === 0 && <Empty title={text("record.none")} icon={<Scale size={30} aria-hidden="true" />} />}
      {decisions.length > 0 && (
        <div className="card scroll" tabIndex={0} role="region" aria-label={text("class.record")}>
          <table>
            <thead>
              <tr>
                <th scope="col">{text("record.when")}</th>
                <th scope="col">{text("record.whose")}</th>
                <th scope="col">{text("record.machine")}</th>
                <th scope="col">{text("record.person")}</th>
                <th scope="col">{text("decision.reason")}</th>
              </tr>
            </thead>
            <tbody>
              {decisions.map((one) => (
                <tr key={one.decision_id}>
                  <td>{moment(one.decided_at, "moment")}</td>
                  <th scope="row">{one.name}</th>
                  <td>
                    {verdict(one.machine_verdict)} · {credit(one.machine_credit)}
                  </td>
                  <td>
                    {verdict(one.verdict)} · {credit(one.credit_after)} {one.kind === "regrade" && <Badge tone="accent">{text("record.regrade")}</Badge>}
                  </td>
                  <td>{one.reason}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <More list={list} />
      {erased > 0 && <p className="small soft">{text("record.erased", { count: erased })}</p>}
    </div>
  );
}
