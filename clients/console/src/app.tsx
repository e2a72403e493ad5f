import { lazy, Suspense, useEffect, useRef } from "react";
import { NavLink, Navigate, Route, Routes, useLocation } from "react-router";
import { useText } from "./language.tsx";
import { useSession } from "./session.tsx";
import type { TextId } from "./texts/en.ts";
import { DocumentsPage } from "./pages/documents.tsx";

const TutorPage = lazy(() => import("./pages/tutor.tsx"));
const DocumentPage = lazy(() => import("./pages/document.tsx"));
const QuizzesPage = lazy(() => import("./pages/quizzes.tsx"));
const QuizPage = lazy(() => import("./pages/quiz.tsx"));
const ReviewsPage = lazy(() => import("./pages/reviews.tsx"));
const InterviewPage = lazy(() => import("./pages/interview.tsx"));
const MasteryPage = lazy(() => import("./pages/mastery.tsx"));
const ClassPage = lazy(() => import("./pages/class.tsx"));
const AccountPage = lazy(() => import("./pages/account.tsx"));

const LEARNER: [string, TextId][] = [
  ["/documents", "nav.documents"],
  ["/tutor", "nav.tutor"],
  ["/quizzes", "nav.quizzes"],
  ["/reviews", "nav.reviews"],
  ["/interview", "nav.interview"],
  ["/mastery", "nav.mastery"],
];

export function App() {
  const text = useText();
  const { me, signOut } = useSession();
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) main.current?.focus(); // so that a screen reader goes on with the new page
    isFirst.current = false;
  }, [pathname]);
  const links: [string, TextId][] = [
    ...(me.active_role === "teacher" ? ([["/class", "nav.class"]] as [string, TextId][]) : []),
    ...LEARNER,
    ["/account", "nav.account"],
  ];
  return (
    <>
      <a className="skip" href="#content">
        {text("nav.skip")}
      </a>
      <header>
        <strong>Lyceum</strong>
        <nav aria-label={text("nav.main")}>
          {links.map(([path, id]) => (
            <NavLink key={path} to={path}>
              {text(id)}
            </NavLink>
          ))}
        </nav>
        <span className="who">
          {me.name}
          <button type="button" className="plain" onClick={signOut}>
            {text("signOut")}
          </button>
        </span>
      </header>
      <main id="content" ref={main} tabIndex={-1}>
        <Suspense fallback={<p role="status">{text("loading")}</p>}>
          <Routes>
            <Route path="/documents" element={<DocumentsPage />} />
            <Route path="/documents/:fileId" element={<DocumentPage />} />
            <Route path="/tutor/:conversationId?" element={<TutorPage />} />
            <Route path="/quizzes" element={<QuizzesPage />} />
            <Route path="/quizzes/:quizId" element={<QuizPage />} />
            <Route path="/reviews" element={<ReviewsPage />} />
            <Route path="/interview" element={<InterviewPage />} />
            <Route path="/mastery" element={<MasteryPage />} />
            <Route path="/class" element={<ClassPage />} />
            <Route path="/account" element={<AccountPage />} />
            <Route path="*" element={<Navigate to={me.active_role === "teacher" ? "/class" : "/documents"} replace />} />
          </Routes>
        </Suspense>
      </main>
    </>
  );
}
