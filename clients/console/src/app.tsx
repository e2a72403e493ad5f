import {
  CalendarClock,
  FileText,
  Gauge,
  GraduationCap,
  Layers,
  ListChecks,
  LogOut,
  Menu,
  MessagesSquare,
  Mic,
  Presentation,
  Settings,
  X,
  type LucideIcon,
} from "lucide-react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { Link, NavLink, Route, Routes, useLocation } from "react-router";
import { Connection } from "./connection.tsx";
import { GoOn } from "./going.tsx";
import { useText } from "./language.tsx";
import { Loading } from "./parts.tsx";
import { useSession } from "./session.tsx";
import type { TextId } from "./texts/en.ts";
import { DocumentsPage } from "./pages/documents.tsx";

const TutorPage = lazy(() => import("./pages/tutor.tsx"));
const DocumentPage = lazy(() => import("./pages/document.tsx"));
const QuizzesPage = lazy(() => import("./pages/quizzes.tsx"));
const QuizPage = lazy(() => import("./pages/quiz.tsx"));
const ReviewsPage = lazy(() => import("./pages/reviews.tsx"));
const FlashcardsPage = lazy(() => import("./pages/flashcards.tsx"));
const InterviewPage = lazy(() => import("./pages/interview.tsx"));
const PastInterviewPage = lazy(() => import("./pages/past-interview.tsx"));
const MasteryPage = lazy(() => import("./pages/mastery.tsx"));
const ClassPages = lazy(() => import("./pages/class/class.tsx"));
const AccountPage = lazy(() => import("./pages/account.tsx"));

type Entry = [path: string, id: TextId, Icon: LucideIcon];
const LEARN: Entry[] = [
  ["/documents", "nav.documents", FileText],
  ["/tutor", "nav.tutor", MessagesSquare],
  ["/quizzes", "nav.quizzes", ListChecks],
  ["/reviews", "nav.reviews", CalendarClock],
  ["/flashcards", "nav.flashcards", Layers],
  ["/interview", "nav.interview", Mic],
  ["/mastery", "nav.mastery", Gauge],
];
const TEACH: Entry[] = [["/class", "nav.class", Presentation]];

export function App() {
  const text = useText();
  const { me, signOut } = useSession();
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const isFirst = useRef(true);
  const [isOpen, setIsOpen] = useState(false);
  useEffect(() => {
    setIsOpen(false);
    if (!isFirst.current) main.current?.focus(); // so that a screen reader continues with the new page
    isFirst.current = false;
  }, [pathname]);
  const isTeacher = me.active_role === "teacher";
  return (
    <>
      <a className="skip" href="#content">
        {text("nav.skip")}
      </a>
      <div className="shell">
        <header className={isOpen ? "side open" : "side"}>
          <Link className="brand" to="/">
            <GraduationCap size={26} aria-hidden="true" />
            Lyceum
          </Link>
          <button type="button" className="menu second" aria-expanded={isOpen} aria-controls="main-menu" onClick={() => setIsOpen(!isOpen)}>
            {isOpen ? <X size={18} aria-hidden="true" /> : <Menu size={18} aria-hidden="true" />}
            {text("nav.menu")}
          </button>
          <nav id="main-menu" aria-label={text("nav.main")}>
            {isTeacher && <Entries title={text("nav.teach")} entries={TEACH} />}
            <Entries title={text("nav.learn")} entries={LEARN} />
            <Entries entries={[["/account", "nav.account", Settings]]} />
          </nav>
          <div className="who">
            <span>{me.name}</span>
            <button type="button" className="plain" onClick={signOut}>
              <LogOut size={16} aria-hidden="true" />
              {text("signOut")}
            </button>
          </div>
        </header>
        <div>
          <Connection />
          <main id="content" ref={main} tabIndex={-1}>
            <Suspense fallback={<Loading />}>
              <Routes>
                <Route path="/documents" element={<DocumentsPage />} />
                <Route path="/documents/:fileId" element={<DocumentPage />} />
                <Route path="/tutor/:conversationId?" element={<TutorPage />} />
                <Route path="/quizzes" element={<QuizzesPage />} />
                <Route path="/quizzes/:quizId" element={<QuizPage />} />
                <Route path="/reviews" element={<ReviewsPage />} />
                <Route path="/flashcards" element={<FlashcardsPage />} />
                <Route path="/interview" element={<InterviewPage />} />
                <Route path="/interview/:sessionId" element={<PastInterviewPage />} />
                <Route path="/mastery" element={<MasteryPage />} />
                <Route path="/class/*" element={<ClassPages />} />
                <Route path="/account" element={<AccountPage />} />
                <Route path="*" element={<GoOn to={isTeacher ? "/class" : "/documents"} />} />
              </Routes>
            </Suspense>
          </main>
        </div>
      </div>
    </>
  );
}

function Entries({ title, entries }: { title?: string; entries: Entry[] }) {
  const text = useText();
  return (
    <div>
      {title && <p>{title}</p>}
      <ul>
        {entries.map(([path, id, Icon]) => (
          <li key={path}>
            <NavLink to={path}>
              <Icon size={18} aria-hidden="true" />
              {text(id)}
            </NavLink>
          </li>
        ))}
      </ul>
    </div>
  );
}
