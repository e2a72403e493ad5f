import { queryOptions } from "@lyceum/client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useText } from "../language.tsx";
import { Bar, Problem } from "../parts.tsx";
import { useSession } from "../session.tsx";

export default function MasteryPage() {
  const text = useText();
  const { rest } = useSession();
  const profile = useQuery(queryOptions(rest, "/api/profile"));
  const [open, setOpen] = useState<string | null>(null);
  const concepts = [...(profile.data?.concepts ?? [])].sort((one, other) => one.chance_of_success - other.chance_of_success);
  return (
    <>
      <h1>{text("nav.mastery")}</h1>
      <Problem error={profile.error} />
      {profile.isSuccess && concepts.length === 0 && <p>{text("mastery.none")}</p>}
      {concepts.length > 0 && (
        <table>
          <caption>{text("mastery.table")}</caption>
          <thead>
            <tr>
              <th scope="col">{text("mastery.concept")}</th>
              <th scope="col">{text("mastery.level")}</th>
              <th scope="col">{text("mastery.evidence")}</th>
              <th scope="col">{text("mastery.why")}</th>
            </tr>
          </thead>
          <tbody>
            {concepts.map((one) => (
              <tr key={one.concept}>
                <th scope="row">{one.label}</th>
                <td>
                  <Bar share={one.chance_of_success} label={text("mastery.level")} />
                </td>
                <td>{one.evidence_count}</td>
                <td>
                  <button
                    type="button"
                    className="plain"
                    aria-expanded={open === one.concept}
                    aria-label={`${text("mastery.why")}: ${one.label}`}
                    onClick={() => setOpen(open === one.concept ? null : one.concept)}
                  >
                    {text("mastery.why")}
                  </button>
                  {open === one.concept && <Reasons concept={one.concept} />}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

/** The answers that the level was computed from, the latest first. */
function Reasons({ concept }: { concept: string }) {
  const { rest } = useSession();
  const reasons = useQuery(queryOptions(rest, "/api/profile/concepts/{concept}", { path: { concept }, query: { limit: 10 } }));
  return (
    <ul className="reasons">
      {reasons.data?.items.map((one) => (
        <li key={one.evidence_id}>
          <time dateTime={one.occurred_at}>{new Date(one.occurred_at).toLocaleDateString()}</time> {one.question}{" "}
          <strong>
            {Math.round(one.score * 100)} % ({one.effect > 0 ? "+" : ""}
            {one.effect.toFixed(2)})
          </strong>
        </li>
      ))}
    </ul>
  );
}
