import { queryOptions } from "@lyceum/client";
import { useQuery } from "@tanstack/react-query";
import { GraduationCap } from "lucide-react";
import { lazy, Suspense } from "react";
import { NavLink, Outlet, Route, Routes, useLocation, useNavigate, useOutletContext, useParams } from "react-router";
import { GoOn } from "../../going.tsx";
import { useText } from "../../language.tsx";
import { Empty, Loading, PageHead, Problem } from "../../parts.tsx";
import { useSession } from "../../session.tsx";
import type { TextId } from "../../texts/en.ts";

const Overview = lazy(() => import("./overview.tsx"));
const Materials = lazy(() => import("./materials.tsx"));
const Items = lazy(() => import("./items.tsx"));
const NewItem = lazy(() => import("./new-item.tsx"));
const ImportItems = lazy(() => import("./import.tsx"));
const Item = lazy(() => import("./item.tsx"));
const Assignments = lazy(() => import("./assignments.tsx"));
const Assignment = lazy(() => import("./assignment.tsx"));
const Desk = lazy(() => import("./desk.tsx"));
const RecordPage = lazy(() => import("./record.tsx"));

const TABS: [path: string, id: TextId][] = [
  ["overview", "class.overview"],
  ["materials", "class.materials"],
  ["items", "class.items"],
  ["assignments", "class.assignments"],
  ["desk", "class.desk"],
  ["record", "class.record"],
];

/** The subject that the pages of a class are about. */
export const useSubject = (): string => useOutletContext<string>();

export default function ClassPages() {
  return (
    <Routes>
      <Route element={<Class />} path=":subjectId?">
        <Route path="overview" element={<Overview />} />
        <Route path="materials" element={<Materials />} />
        <Route path="items" element={<Items />} />
        <Route path="items/new" element={<NewItem />} />
        <Route path="items/import" element={<ImportItems />} />
        <Route path="items/:itemId" element={<Item />} />
        <Route path="assignments" element={<Assignments />} />
        <Route path="assignments/:assignmentId" element={<Assignment />} />
        <Route path="desk" element={<Desk />} />
        <Route path="record" element={<RecordPage />} />
        <Route index element={<GoOn to="overview" />} />
      </Route>
    </Routes>
  );
}

function Class() {
  const text = useText();
  const { rest, me } = useSession();
  const { subjectId } = useParams();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const tab = TABS.find(([path]) => pathname.split("/")[3] === path);
  const subjects = useQuery(queryOptions(rest, "/api/subjects"));
  const taught = subjects.data?.items.filter((one) => one.teacher_id === me.user_id) ?? [];
  const subject = taught.find((one) => one.subject_id === subjectId);
  if (subjects.isPending) return <Loading rows={4} />;
  if (subjects.isError) return <Problem error={subjects.error} onRetry={() => void subjects.refetch()} />;
  if (!taught[0]) {
    return (
      <>
        <PageHead title={text("nav.class")} />
        <Empty title={text("class.none")} icon={<GraduationCap size={30} aria-hidden="true" />} />
      </>
    );
  }
  if (!subject) return <GoOn to={`/class/${encodeURIComponent(taught[0].subject_id)}/overview`} />;
  return (
    <>
      <PageHead
        title={subject.name}
        named={tab ? `${text(tab[1])} – ${subject.name}` : subject.name}
        actions={
          taught.length > 1 && (
            <label>
              {text("subject")}
              <select value={subject.subject_id} onChange={(event) => void navigate(`/class/${encodeURIComponent(event.target.value)}/overview`)}>
                {taught.map((one) => (
                  <option key={one.subject_id} value={one.subject_id}>
                    {one.name}
                  </option>
                ))}
              </select>
            </label>
          )
        }
      />
      <nav className="tabs" aria-label={subject.name}>
        {TABS.map(([path, id]) => (
          <NavLink key={path} to={`/class/${encodeURIComponent(subject.subject_id)}/${path}`}>
            {text(id)}
          </NavLink>
        ))}
      </nav>
      <Suspense fallback={<Loading />}>
        <Outlet key={subject.subject_id} context={subject.subject_id} />
      </Suspense>
    </>
  );
}
