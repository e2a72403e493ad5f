import { queryOptions } from "@lyceum/client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useText } from "../language.tsx";
import { Bar, Problem } from "../parts.tsx";
import { useSession } from "../session.tsx";

export default function ClassPage() {
  const text = useText();
  const { rest, me } = useSession();
  const subjects = useQuery(queryOptions(rest, "/api/subjects"));
  const taught = subjects.data?.items.filter((one) => one.teacher_id === me.user_id) ?? [];
  const [chosen, setChosen] = useState("");
  const subject = chosen || taught[0]?.subject_id;
  return (
    <>
      <h1>{text("nav.class")}</h1>
      <Problem error={subjects.error} />
      {subjects.isSuccess && taught.length === 0 && <p>{text("class.none")}</p>}
      {taught.length > 0 && (
        <label>
          {text("subject")}
          <select value={subject} onChange={(event) => setChosen(event.target.value)}>
            {taught.map((one) => (
              <option key={one.subject_id} value={one.subject_id}>
                {one.name}
              </option>
            ))}
          </select>
        </label>
      )}
      {subject && <Figures subjectId={subject} />}
    </>
  );
}

function Figures({ subjectId }: { subjectId: string }) {
  const text = useText();
  const { rest } = useSession();
  const path = { subject_id: subjectId };
  const figures = useQuery(queryOptions(rest, "/api/teacher/subjects/{subject_id}/ai-analytics", { path }));
  const materials = useQuery(queryOptions(rest, "/api/teacher/subjects/{subject_id}/materials", { path }));
  const known = figures.data;
  return (
    <>
      <Problem error={figures.error ?? materials.error} />
      {known && (
        <>
          <p>{text("class.students", { count: known.total_students })}</p>
          <h2>{text("class.concepts")}</h2>
          <table>
            <thead>
              <tr>
                <th scope="col">{text("mastery.concept")}</th>
                <th scope="col">{text("class.mean")}</th>
              </tr>
            </thead>
            <tbody>
              {known.concept_summary.map((one) => (
                <tr key={one.concept}>
                  <th scope="row">{one.label}</th>
                  <td>{one.mean_mastery === null ? text("class.few") : <Bar share={one.mean_mastery} label={text("class.mean")} />}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {known.needs_help.length > 0 && (
            <>
              <h2>{text("class.help")}</h2>
              <ul>
                {known.needs_help.map((one) => (
                  <li key={one.user_id}>
                    {one.name}: {one.weak_concepts.map((weak) => weak.label).join(", ")}
                  </li>
                ))}
              </ul>
            </>
          )}
          <h2>{text("class.questions")}</h2>
          <ul>
            {known.quiz_performance.questions.map((one) => (
              <li key={one.question}>
                {one.question} — {text("class.correct", { share: Math.round(one.success_rate * 100) })}
              </li>
            ))}
          </ul>
          <h2>{text("class.learners")}</h2>
          <table>
            <thead>
              <tr>
                <th scope="col">{text("class.name")}</th>
                <th scope="col">{text("class.active")}</th>
              </tr>
            </thead>
            <tbody>
              {known.learning_progress.map((one) => (
                <tr key={one.user_id}>
                  <th scope="row">{one.name}</th>
                  <td>{one.last_active ? new Date(one.last_active).toLocaleDateString() : "–"}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
      <h2>{text("class.materials")}</h2>
      <ul>
        {materials.data?.items.map((one) => (
          <li key={one.file_id}>
            {one.filename} · {text(`documents.status.${one.status}`)}
          </li>
        ))}
      </ul>
    </>
  );
}
