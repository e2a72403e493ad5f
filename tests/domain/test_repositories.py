"""The repositories over a store in memory: each owner gets their own rows, and a stale version writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, cast

import pytest

from domain.base.errors import Conflict, NotFound
from domain.base.tables import CONVERSATIONS, FILES, INTERVIEW_SESSIONS, QUIZZES, TABLES
from domain.documents.document import Document, Status
from domain.documents.documents import Documents, LeaseLost
from domain.documents.passage import Citation, Passage
from domain.interviews.decisions import Decision
from domain.interviews.interview import Interview, InterviewQuestion, InterviewTurn, RecordingId
from domain.interviews.interviews import Interviews, SessionMoved
from domain.interviews.recording import ReceivedPart
from domain.quizzes.attempt import Result, Score
from domain.quizzes.quiz import Question, Quiz
from domain.quizzes.quizzes import Quizzes, result_id
from domain.tutoring.conversation import Conversation, Said
from domain.tutoring.conversations import Conversations
from fakes.key_value_store import InMemoryKeyValueStore
from fakes.system import FrozenClock
from ports.key_value_store import ConditionFailed, KeyValueStore, Put
from ports.paging import pages
from tests.support.faults import Faults, Faulty

NOW = datetime(2026, 9, 14, 8, 0, tzinfo=UTC)
TEXT = "2026-09-14T08:00:00.000Z"


@pytest.fixture
def store() -> InMemoryKeyValueStore:
    return InMemoryKeyValueStore(TABLES, FrozenClock(NOW))


def at(second: int) -> str:
    return f"2026-09-14T07:00:{second:02}.000Z"


class Busy:
    """A store in which something happens before the next calls of one method."""

    def __init__(
        self, store: InMemoryKeyValueStore, method: str, happens: Callable[[], object], times: int
    ) -> None:
        self._store = store
        self._method = method
        self._happens = happens
        self._times = times

    def __getattr__(self, name: str) -> Any:
        if name == self._method and self._times:
            self._times -= 1
            self._happens()
        return getattr(self._store, name)


def document(file_id: str = "f1", user_id: str = "ada", **told: Any) -> Document:
    new = Document(file_id, user_id, "n.txt", "txt", "notes", "completed", at(0), at(0), 5)
    return replace(new, **told)


class TestDocuments:
    def test_a_document_is_found_only_by_its_owner(self, store: InMemoryKeyValueStore) -> None:
        documents = Documents(store)
        mine = documents.add(document())
        assert documents.get("ada", "f1") == documents.find("ada", "f1") == mine
        assert documents.find("alan", "f1") is documents.find("ada", "f2") is None
        assert documents.find_among({"class:x", "ada"}, "f1") == mine
        assert documents.find_among({"class:x", "alan"}, "f1") is None
        assert documents.find_among({"ada"}, "f2") is None
        for owner, file_id in (("alan", "f1"), ("ada", "f2")):
            with pytest.raises(NotFound) as refused:
                documents.get(owner, file_id)
            assert refused.value.code == "file_not_found"

    @pytest.mark.parametrize("status", ["deleting", "deleted"])
    def test_a_document_being_deleted_is_found_only_by_its_deletion(
        self, store: InMemoryKeyValueStore, status: Status
    ) -> None:
        documents = Documents(store)
        gone = documents.add(document(status=status))
        assert documents.find("ada", "f1") == gone
        assert documents.find_among({"ada"}, "f1") is None
        with pytest.raises(NotFound):
            documents.get("ada", "f1")
        assert (
            documents.page("ada", subject_id=None, session_id=None, status=None, limit=5, cursor=None).items
            == []
        )

    def test_adding_an_existing_id_returns_the_stored_row(self, store: InMemoryKeyValueStore) -> None:
        documents = Documents(store)
        first = documents.add(document(filename="first.txt"))
        assert documents.add(document(filename="second.txt")) == first == documents.get("ada", "f1")
        with pytest.raises(NotFound):
            documents.add(document(user_id="alan"))

    def test_only_searchable_documents_of_the_given_owners_are_returned(
        self, store: InMemoryKeyValueStore
    ) -> None:
        documents = Documents(store)
        mine, shared = documents.add(document("f1")), documents.add(document("f2", "class:x"))
        documents.add(document("f3", "alan"))
        documents.add(document("f4", status="processing"))
        ready = documents.add(document("f5", status="processing", words_indexed=True))
        documents.add(document("f6", status="failed"))
        found = documents.searchable({"ada", "class:x"}, [f"f{number}" for number in range(1, 8)])
        assert found == {"f1": mine, "f2": shared, "f5": ready}

    def test_lists_come_newest_first_page_by_page_and_filtered(self, store: InMemoryKeyValueStore) -> None:
        documents = Documents(store)
        for number in range(240):
            documents.add(
                document(
                    f"f{number:03}",
                    upload_timestamp=f"2026-09-14T07:{number // 60:02}:{number % 60:02}.000Z",
                    subject_id="physics" if number % 2 else "history",
                    session_id="s1" if number % 3 else None,
                    status="failed" if number % 5 else "completed",
                )
            )
        documents.add(document("g", "alan"))

        def listed(limit: int, **asked: Any) -> list[list[str]]:
            """The items of all pages. If the last page is full, an empty one may follow."""
            wanted = {"subject_id": None, "session_id": None, "status": None, **asked}
            return [
                [one.file_id for one in page.items]
                for page in pages(lambda cursor: documents.page("ada", limit=limit, cursor=cursor, **wanted))
            ]

        newest = [f"f{number:03}" for number in reversed(range(240))]
        assert listed(100) == [newest[:100], newest[100:200], newest[200:]]
        of_physics = [f"f{number:03}" for number in reversed(range(240)) if number % 2]
        assert listed(50, subject_id="physics") == [of_physics[:50], of_physics[50:100], of_physics[100:]]
        of_session = [f"f{number:03}" for number in reversed(range(240)) if number % 3]
        assert listed(90, session_id="s1") == [of_session[:90], of_session[90:]]
        assert listed(48, status="completed") == [
            [f"f{number:03}" for number in reversed(range(240)) if not number % 5]
        ]
        assert listed(1, subject_id="chemistry") == [[]]
        completed = [f"f{number:03}" for number in reversed(range(0, 240, 5))]
        for limit in (7, 20):
            expected = [completed[first : first + limit] for first in range(0, 48, limit)]
            assert listed(limit, status="completed") == expected

    def test_a_document_being_deleted_is_not_listed(self, store: InMemoryKeyValueStore) -> None:
        documents = Documents(store)
        for file_id in ("f1", "f2", "f3"):
            documents.add(document(file_id))
        documents.save(documents.get("ada", "f2").deleting(NOW))
        page = documents.page("ada", subject_id=None, session_id=None, status=None, limit=9, cursor=None)
        assert {one.file_id for one in page.items} == {"f1", "f3"}

    def test_a_filtered_list_reads_a_hundred_rows_at_a_time_and_other_lists_only_the_limit(
        self, store: InMemoryKeyValueStore
    ) -> None:
        limits: list[int] = []

        class Noting(Faults):
            def around(self, call: Callable[..., Any], *args: Any, **options: Any) -> Any:
                limits.append(options["limit"])
                return call(*args, **options)

        documents = Documents(cast(KeyValueStore, Faulty(store, Noting())))

        def listed(limit: int, subject_id: str | None, session_id: str | None, status: Status | None) -> None:
            documents.page(
                "ada", subject_id=subject_id, session_id=session_id, status=status, limit=limit, cursor=None
            )

        listed(2, "physics", None, None)
        listed(2, None, "s1", None)
        listed(2, None, None, "failed")
        listed(200, None, None, "failed")
        listed(2, None, None, None)
        assert limits == [100, 100, 100, 200, 2]

    def test_a_save_of_an_outdated_version_raises_lease_lost(self, store: InMemoryKeyValueStore) -> None:
        documents = Documents(store)
        read = documents.add(document())
        saved = documents.save(replace(read, filename="b.txt"))
        assert saved == replace(read, filename="b.txt", version=2) == documents.get("ada", "f1")
        with pytest.raises(LeaseLost):
            documents.save(replace(read, filename="c.txt"))
        with pytest.raises(LeaseLost):
            documents.discard(read)
        assert documents.get("ada", "f1") == saved
        documents.discard(saved)
        assert documents.find("ada", "f1") is None

    def test_the_sweeper_sees_only_due_documents_of_all_owners(self, store: InMemoryKeyValueStore) -> None:
        documents = Documents(store)
        first = [
            documents.add(document(f"f{number:03}", f"user{number % 3}", sweep_at=TEXT))
            for number in range(120)
        ]
        documents.add(document("later", sweep_at="2026-09-14T08:00:00.001Z"))
        documents.add(document("never"))
        assert {one.file_id for one in documents.due(NOW)} == {one.file_id for one in first}
        seen = []
        for one in documents.due(NOW):
            seen.append(one)
            if len(seen) == 1:  # meanwhile another worker settles, postpones and removes some
                others = [other for other in first if other.file_id != one.file_id]
                documents.save(replace(others[0], sweep_at=None))
                documents.save(replace(others[1], sweep_at="2026-09-14T08:00:00.001Z"))
                documents.discard(others[2])
        assert len(seen) == 117


def conversation(**told: Any) -> Conversation:
    return replace(Conversation("c1", "ada", "general", "Motion", at(0), at(0)), **told)


def conversation_of(store: InMemoryKeyValueStore) -> dict[str, Any]:
    found = store.get(CONVERSATIONS, {"conversation_id": "c1"})
    assert found is not None
    return found


class TestConversations:
    def test_a_conversation_is_found_only_by_its_owner(self, store: InMemoryKeyValueStore) -> None:
        conversations = Conversations(store)
        mine = conversations.open(conversation(version=0))
        assert mine == conversation(version=1) == conversations.get("ada", "c1")
        assert conversations.find("ada", "c1") == mine
        assert conversations.find("alan", "c1") is conversations.find("ada", "c2") is None
        tries: list[Callable[[str, str], object]] = [
            conversations.get,
            lambda owner, which: conversations.rename(owner, which, "Mine"),
            lambda owner, which: conversations.mark_deleting(owner, which, NOW),
        ]
        for reach in tries:
            for owner, which in (("alan", "c1"), ("ada", "c2")):
                with pytest.raises(NotFound) as refused:
                    reach(owner, which)
                assert refused.value.code == "conversation_not_found"
        assert conversations.get("ada", "c1") == mine

    def test_adding_an_existing_id_returns_the_stored_row(self, store: InMemoryKeyValueStore) -> None:
        conversations = Conversations(store)
        first = conversations.open(conversation())
        assert conversations.open(conversation(title="Another")) == first
        with pytest.raises(NotFound):
            conversations.open(conversation(user_id="alan"))

    def test_lists_hold_the_owners_and_the_latest_used_first(self, store: InMemoryKeyValueStore) -> None:
        conversations = Conversations(store)
        for number in range(4):
            subject = "physics" if number % 2 else None
            conversations.open(
                conversation(conversation_id=f"c{number}", subject_id=subject, updated_at=at(number))
            )
        conversations.open(conversation(conversation_id="x", user_id="alan", subject_id="physics"))

        def page(
            subject_id: str | None, limit: int, cursor: str | None = None
        ) -> tuple[list[str], str | None]:
            found = conversations.page("ada", subject_id=subject_id, limit=limit, cursor=cursor)
            return [one.conversation_id for one in found.items], found.cursor

        assert page(None, 9) == (["c3", "c2", "c1", "c0"], None)
        assert page("physics", 9) == (["c3", "c1"], None)
        first, cursor = page(None, 3)
        assert first == ["c3", "c2", "c1"]
        assert page(None, 3, cursor) == (["c0"], None)

    def test_renaming_a_conversation_changes_only_its_title(self, store: InMemoryKeyValueStore) -> None:
        conversations = Conversations(store)
        mine = conversations.open(conversation(last_message_preview="So", message_count=2))
        renamed = conversations.rename("ada", "c1", "Rest")
        assert renamed == replace(mine, title="Rest", version=2) == conversations.get("ada", "c1")

    def test_a_conversation_being_deleted_keeps_no_text_and_is_found_by_the_sweeper(
        self, store: InMemoryKeyValueStore
    ) -> None:
        conversations = Conversations(store)
        said = (Said("user", "On Motion"),)
        conversations.open(conversation(last_message_preview="So", recent=said))
        marked = conversations.mark_deleting("ada", "c1", NOW)
        assert (marked.title, marked.last_message_preview, marked.recent) == ("", "", ())
        assert (marked.deleting, marked.version) == (True, 2)
        assert conversations.find("ada", "c1") is not None
        with pytest.raises(NotFound):
            conversations.get("ada", "c1")
        assert conversations.page("ada", subject_id=None, limit=5, cursor=None).items == []
        assert [one.conversation_id for one in conversations.due(NOW)] == ["c1"]
        assert list(conversations.due(NOW - timedelta(milliseconds=1))) == []
        assert "Motion" not in str(conversation_of(store))

    @pytest.mark.parametrize("times", [7, 8])
    def test_a_conflicting_change_is_tried_eight_times(
        self, store: InMemoryKeyValueStore, times: int
    ) -> None:
        """Each time, another message is stored between the reading and the writing."""
        Conversations(store).open(conversation())

        def another() -> None:
            found = conversation_of(store)
            store.put(CONVERSATIONS, found | {"version": found["version"] + 1})

        ways: list[Callable[[Conversations], object]] = [
            lambda busy: busy.rename("ada", "c1", "Rest"),
            lambda busy: busy.mark_deleting("ada", "c1", NOW),
        ]
        for change in ways:
            busy = Conversations(cast(KeyValueStore, Busy(store, "put", another, times)))
            if times == 8:
                with pytest.raises(ConditionFailed):
                    change(busy)
            else:
                change(busy)
        assert conversation_of(store)["deleting"] is (times == 7)


CITATION = Citation("f1", "n.txt", "chunk_0", 1, 0, 4, "Body", 0.5, "physics")
QUIZ = Quiz(
    "q1",
    "ada",
    "Motion",
    None,
    "physics",
    ("f1",),
    "intermediate",
    1,
    (Question("1", "What?", ("a", "b", "c"), 0, "So.", CITATION, "motion"),),
    at(0),
)
RESULT = Result(
    result_id("q1"), "q1", "ada", "Motion", "physics", None, {"1": "A"}, Score(0.0, 0, 0, ()), (), TEXT
)


class TestQuizzes:
    def test_a_quiz_and_its_result_are_found_only_by_their_owner(self, store: InMemoryKeyValueStore) -> None:
        quizzes = Quizzes(store)
        mine = quizzes.add(QUIZ)
        assert mine == replace(QUIZ, version=1) == quizzes.get("ada", "q1") == quizzes.find("ada", "q1")
        assert quizzes.find_result("ada", "q1") is None
        quizzes.submit(mine, RESULT, [])
        assert quizzes.find_result("ada", "q1") == RESULT
        assert quizzes.find_result("alan", "q1") is quizzes.find_result("ada", "q2") is None
        assert quizzes.find("alan", "q1") is quizzes.find("ada", "q2") is None
        for owner, which in (("alan", "q1"), ("ada", "q2")):
            with pytest.raises(NotFound) as refused:
                quizzes.get(owner, which)
            assert refused.value.code == "quiz_not_found"

    def test_adding_an_existing_id_returns_the_stored_row(self, store: InMemoryKeyValueStore) -> None:
        quizzes = Quizzes(store)
        first = quizzes.add(QUIZ)
        assert quizzes.add(replace(QUIZ, title="Another")) == first
        with pytest.raises(NotFound):
            quizzes.add(replace(QUIZ, user_id="alan"))

    def test_a_quiz_is_submitted_once_with_all_that_goes_with_it(self, store: InMemoryKeyValueStore) -> None:
        quizzes = Quizzes(store)
        mine = quizzes.add(QUIZ)
        beside = Put(FILES, {"file_id": "beside"})
        quizzes.submit(mine, RESULT, [beside])
        assert quizzes.get("ada", "q1") == replace(mine, submitted_at=TEXT, version=2)
        assert store.get(FILES, {"file_id": "beside"}) == {"file_id": "beside"}
        other = replace(RESULT, title="Another", submitted_at=at(9))
        for again in (mine, quizzes.get("ada", "q1")):
            with pytest.raises(ConditionFailed):
                quizzes.submit(again, other, [Put(FILES, {"file_id": "again"})])
        assert quizzes.find_result("ada", "q1") == RESULT
        assert quizzes.get("ada", "q1").submitted_at == TEXT
        assert store.get(FILES, {"file_id": "again"}) is None

    def test_a_quiz_that_was_changed_meanwhile_is_not_submitted(self, store: InMemoryKeyValueStore) -> None:
        quizzes = Quizzes(store)
        mine = quizzes.add(QUIZ)
        item = store.get(QUIZZES, {"quiz_id": "q1"})
        assert item is not None
        store.put(QUIZZES, item | {"version": 2})
        with pytest.raises(ConditionFailed):
            quizzes.submit(mine, RESULT, [])
        assert quizzes.find_result("ada", "q1") is None

    def test_lists_hold_the_owners_newest_first(self, store: InMemoryKeyValueStore) -> None:
        quizzes = Quizzes(store)
        for number, owner in enumerate(["ada", "alan", "ada", "ada"]):
            quiz = quizzes.add(replace(QUIZ, quiz_id=f"q{number}", user_id=owner, created_at=at(number)))
            result = replace(
                RESULT,
                result_id=result_id(quiz.quiz_id),
                quiz_id=quiz.quiz_id,
                user_id=owner,
                submitted_at=at(number),
            )
            quizzes.submit(quiz, result, [])
        first = quizzes.page("ada", limit=2)
        assert [one.quiz_id for one in first.items] == ["q3", "q2"]
        rest = quizzes.page("ada", limit=2, cursor=first.cursor)
        assert ([one.quiz_id for one in rest.items], rest.cursor) == (["q0"], None)
        shown = quizzes.results("ada", limit=2, cursor=None)
        assert [one.quiz_id for one in shown.items] == ["q3", "q2"]
        others = quizzes.results("ada", limit=2, cursor=shown.cursor)
        assert ([one.quiz_id for one in others.items], others.cursor) == (["q0"], None)


def interview(session_id: str = "i1", **told: Any) -> Interview:
    return replace(Interview(session_id, "ada", "en-US", "analysing", at(0), lease_id="w1"), **told)


PASSAGE = Passage("f1", "n.txt", "physics", 0, 1, 0, 4, "Body", 0.5)


RECORDING = RecordingId("i1", 0, 1)
PART = ReceivedPart(0, False, "digest", 10)


def set_topic(topic: str) -> Callable[[Interview | None], Decision | None]:
    """Decides to store the session with this topic, if it is still there."""
    return lambda found: None if found is None else Decision(replace(found, topic=topic))


def leave(found: Interview | None) -> Decision | None:
    """Decides to store nothing new."""
    return None if found is None else Decision(found)


def add_part(found: Interview | None) -> Decision | None:
    return None if found is None else Decision(found, part=PART)


def move(interviews: Interviews, connection_id: str) -> Interview:
    """Another request changes the session: the learner resumes it on this connection."""

    def decide(found: Interview | None) -> Decision | None:
        return None if found is None else Decision(replace(found, connection_id=connection_id))

    moved = interviews.change("ada", "i1", decide)
    assert moved is not None
    return moved.interview


class TestInterviews:
    def test_an_interview_is_found_only_by_its_owner(self, store: InMemoryKeyValueStore) -> None:
        interviews = Interviews(store)
        mine = interviews.add(interview())
        assert mine == interview(version=1) == interviews.get("ada", "i1") == interviews.find("ada", "i1")
        assert interviews.find_of_anyone("i1") == mine
        assert interviews.find_of_anyone("i2") is None
        assert interviews.find("alan", "i1") is interviews.find("ada", "i2") is None
        assert interviews.find("ada", None) is None
        for owner, which in (("alan", "i1"), ("ada", "i2")):
            with pytest.raises(NotFound) as refused:
                interviews.get(owner, which)
            assert refused.value.code == "interview_not_found"

    def test_lists_hold_the_owners_newest_first(self, store: InMemoryKeyValueStore) -> None:
        interviews = Interviews(store)
        for number, owner in enumerate(["ada", "alan", "ada", "ada"]):
            interviews.add(interview(f"i{number}", user_id=owner, started_at=at(number)))
        first = interviews.page("ada", limit=2, cursor=None)
        assert [one.session_id for one in first.items] == ["i3", "i2"]
        rest = interviews.page("ada", limit=2, cursor=first.cursor)
        assert ([one.session_id for one in rest.items], rest.cursor) == (["i0"], None)

    def test_the_sweeper_sees_the_due_interviews_of_everybody(self, store: InMemoryKeyValueStore) -> None:
        interviews = Interviews(store)
        for number in range(1005):
            interviews.add(interview(f"i{number}", user_id=f"user{number % 3}", sweep_at=TEXT))
        interviews.add(interview("later", sweep_at="2026-09-14T08:00:00.001Z"))
        interviews.add(interview("never"))
        assert {one.session_id for one in interviews.due(NOW)} == {f"i{number}" for number in range(1005)}

    def test_adding_an_existing_id_raises_session_moved(self, store: InMemoryKeyValueStore) -> None:
        interviews = Interviews(store)
        first = interviews.add(interview(topic="a"))
        with pytest.raises(SessionMoved):
            interviews.add(interview(topic="b"))
        assert interviews.get("ada", "i1") == first

    def test_a_recording_is_numbered_by_attempt_in_its_rows(self, store: InMemoryKeyValueStore) -> None:
        interviews = Interviews(store)
        interviews.add(interview(recording_number=3))
        interviews.change("ada", "i1", add_part)
        (session,) = [row for row in store.items(INTERVIEW_SESSIONS) if row["sort_key"] == "session"]
        (part,) = [row for row in store.items(INTERVIEW_SESSIONS) if row["sort_key"] != "session"]
        assert session["attempt"] == 3
        assert "recording_number" not in session
        assert part["sort_key"] == "p#0000#000003#000000"
        assert interviews.get("ada", "i1").recording_number == 3

    def test_a_change_is_stored_with_its_turns_its_part_and_what_goes_beside_it(
        self, store: InMemoryKeyValueStore
    ) -> None:
        interviews = Interviews(store)
        first = interviews.add(interview())
        turn = InterviewTurn(1, InterviewQuestion("What moves?", "motion", (), PASSAGE))
        decision = Decision(replace(first, topic="c"), turns=(turn,), part=PART)
        beside = [Put(FILES, {"file_id": "beside"})]
        changed = interviews.change("ada", "i1", lambda found: decision, beside=beside)
        assert changed == replace(decision, interview=replace(first, topic="c", version=2))
        assert interviews.get("ada", "i1") == changed.interview
        assert interviews.turns(first) == [turn]
        assert interviews.parts(RECORDING) == [PART]
        assert store.get(FILES, {"file_id": "beside"}) is not None

    def test_a_change_that_another_write_refuses_stores_nothing(self, store: InMemoryKeyValueStore) -> None:
        interviews = Interviews(store)
        first = interviews.add(interview())
        store.put(FILES, {"file_id": "beside"})
        beside = [Put(FILES, {"file_id": "beside", "is_ours": True}, unless_exists=True)]
        with pytest.raises(SessionMoved):
            interviews.change("ada", "i1", set_topic("d"), beside=beside)
        assert interviews.get("ada", "i1") == first
        assert store.get(FILES, {"file_id": "beside"}) == {"file_id": "beside"}

    def test_a_change_is_decided_again_with_the_session_stored_meanwhile(
        self, store: InMemoryKeyValueStore
    ) -> None:
        interviews = Interviews(store)
        read = interviews.add(interview())
        move(interviews, "c2")
        changed = interviews.change("ada", "i1", set_topic("rest"), known=read)
        assert changed == Decision(replace(read, connection_id="c2", topic="rest", version=3))
        assert interviews.get("ada", "i1") == changed.interview

    def test_a_session_that_the_caller_has_read_is_not_read_again(self, store: InMemoryKeyValueStore) -> None:
        read = Interviews(store).add(interview())
        calls = Faults()
        counted = Interviews(cast(KeyValueStore, Faulty(store, calls)))
        counted.change("ada", "i1", set_topic("rest"), known=read)
        assert calls.calls == 1
        counted.change("ada", "i1", set_topic("motion"))
        assert calls.calls == 3

    def test_a_decision_that_changes_nothing_writes_nothing(self, store: InMemoryKeyValueStore) -> None:
        read = Interviews(store).add(interview())
        calls = Faults()
        interviews = Interviews(cast(KeyValueStore, Faulty(store, calls)))
        assert interviews.change("ada", "i1", leave) == Decision(read)
        assert interviews.change("ada", "i1", lambda found: None) is None
        assert calls.calls == 2  # both have read the session
        assert interviews.get("ada", "i1") == read

    def test_nothing_is_stored_for_an_interview_that_is_not_the_owners(
        self, store: InMemoryKeyValueStore
    ) -> None:
        interviews = Interviews(store)
        read = interviews.add(interview())
        seen: list[Interview | None] = []

        def decide(found: Interview | None) -> Decision | None:
            seen.append(found)
            return Decision(replace(read, topic="theirs"))

        assert interviews.change("alan", "i1", decide) is None
        assert interviews.change("ada", "i2", decide) is None
        assert interviews.change("ada", None, decide) is None
        assert seen == [None, None, None]
        assert interviews.get("ada", "i1") == read
        interviews.remove(read)
        assert interviews.change("ada", "i1", set_topic("rest"), known=read) is None
        assert store.items(INTERVIEW_SESSIONS) == []

    def test_an_error_of_the_decision_passes_through_and_nothing_is_stored(
        self, store: InMemoryKeyValueStore
    ) -> None:
        interviews = Interviews(store)
        read = interviews.add(interview())

        def refuse(found: Interview | None) -> Decision | None:
            raise Conflict("no", "No.")

        with pytest.raises(Conflict):
            interviews.change("ada", "i1", refuse)
        assert interviews.get("ada", "i1") == read

    def test_a_part_that_comes_again_stays_as_it_is(self, store: InMemoryKeyValueStore) -> None:
        interviews = Interviews(store)
        read = interviews.add(interview())
        assert interviews.change("ada", "i1", add_part) == Decision(read, part=PART)
        later = replace(PART, size=99)
        again = interviews.change("ada", "i1", lambda found: Decision(read, part=later))
        assert again == Decision(read, part=later)
        assert interviews.parts(RECORDING) == [PART]
        assert interviews.get("ada", "i1").version == 1

    def test_a_part_is_not_stored_if_the_session_moved(self, store: InMemoryKeyValueStore) -> None:
        interviews = Interviews(store)
        read = interviews.add(interview())
        move(interviews, "c2")
        seen: list[Interview | None] = []

        def decide(found: Interview | None) -> Decision | None:
            seen.append(found)
            return add_part(found) if len(seen) == 1 else None

        assert interviews.change("ada", "i1", decide, known=read) is None
        assert [found.connection_id for found in seen if found is not None] == [None, "c2"]
        assert interviews.parts(RECORDING) == []

    @pytest.mark.parametrize("by_now", [{"lease_id": "w2"}, {"lease_id": None}, {"state": "ended"}])
    def test_material_is_kept_by_the_worker_that_holds_the_session_alone(
        self, store: InMemoryKeyValueStore, by_now: dict[str, Any]
    ) -> None:
        interviews = Interviews(store)
        read = interviews.add(interview())
        interviews.change("ada", "i1", lambda found: Decision(replace(read, **by_now)))
        with pytest.raises(SessionMoved):
            interviews.set_material(read, [PASSAGE], ["motion"])
        assert interviews.get("ada", "i1") == replace(read, **by_now, version=2)
        assert interviews.material(read) is None
        interviews.remove(read)
        with pytest.raises(SessionMoved):
            interviews.set_material(read, [PASSAGE], ["motion"])
        assert store.items(INTERVIEW_SESSIONS) == []

    def test_material_is_stored_with_the_current_session(self, store: InMemoryKeyValueStore) -> None:
        interviews = Interviews(store)
        read = interviews.add(interview())
        assert interviews.material(read) is None
        move(interviews, "c2")
        interviews.set_material(read, [PASSAGE], ["motion"])
        assert interviews.material(read) == ([PASSAGE], ["motion"])
        assert interviews.get("ada", "i1").version == 2

    @pytest.mark.parametrize("times", [7, 8])
    @pytest.mark.parametrize("way", ["change", "part", "set_material"])
    def test_a_conflicting_change_is_tried_eight_times(
        self, store: InMemoryKeyValueStore, way: str, times: int
    ) -> None:
        """Each time the learner resumes on another connection between the reading and the writing."""
        interviews = Interviews(store)
        read = interviews.add(interview())
        connections = (f"c{number}" for number in count())
        busy = Interviews(
            cast(KeyValueStore, Busy(store, "transact", lambda: move(interviews, next(connections)), times))
        )
        ways: dict[str, Callable[[], object]] = {
            "change": lambda: busy.change("ada", "i1", set_topic("rest")),
            "part": lambda: busy.change("ada", "i1", add_part),
            "set_material": lambda: busy.set_material(read, [PASSAGE], ["motion"]),
        }
        if times == 8:
            with pytest.raises(SessionMoved):
                ways[way]()
        else:
            ways[way]()
        is_done = times == 7
        assert (interviews.get("ada", "i1").topic == "rest") is (is_done and way == "change")
        assert (interviews.parts(RECORDING) == [PART]) is (is_done and way == "part")
        assert (interviews.material(read) is not None) is (is_done and way == "set_material")
