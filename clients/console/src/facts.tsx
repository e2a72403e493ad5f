import type { components } from "@lyceum/client";
import type { ReactNode } from "react";
import { useVerdict } from "./marks.tsx";
import { Badge, Source, type Tone } from "./parts.tsx";

type Fact = Pick<components["schemas"]["FactBody"], "fact" | "verdict" | "quote" | "fact_id"> & {
  citation: components["schemas"]["CitationBody"] | null;
};
const TONES: Record<Fact["verdict"], Tone> = { stated: "good", contradicted: "bad", missing: "", unsure: "warn" };

/** The facts of a full answer, each with the learner's words about it and a link to the document. */
export function Facts({ facts, after }: { facts: Fact[]; after?: (fact: Fact) => ReactNode }) {
  const verdict = useVerdict();
  const shown = facts.filter((one) => one.fact);
  if (shown.length === 0) return null;
  return (
    <ul className="facts plain-list">
      {shown.map((one) => (
        <li key={one.fact_id} className="stack tight">
          <p className="row">
            <Badge tone={TONES[one.verdict]}>{verdict(one.verdict)}</Badge>
            <span>{one.fact}</span>
          </p>
          {one.citation && <Source citation={one.citation} />}
          {after?.(one)}
        </li>
      ))}
    </ul>
  );
}
