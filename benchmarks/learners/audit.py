"""The audit: after the load, the server must have everything that it acknowledged, and nothing else."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from adapters.local.events import SWEEP_SECONDS
from benchmarks.learners.journal import Brought, Held, Journal
from benchmarks.learners.learner import Learner, check_citation, check_conversation, pages
from benchmarks.learners.texts import learners_named_in
from benchmarks.learners.wire import Client, Refused

SETTLING_SECONDS = 600.0
"""The seconds that the sweeper may need until the leases of dead workers have ended and their work is finished."""
STANDINGS_SECONDS = 60.0
"""The seconds that the sweeper waits before it updates a standing: the worker that wrote the evidence may still do it.
"""
_WORKERS = 8
_PAGE = 7


def settle(learners: Sequence[Learner], killed_at: float | None) -> float:
    """Wait until no work is unfinished and the sweeper has run twice after that. Returns the seconds it took.

    ``killed_at`` is the ``time.monotonic`` of the last kill, or None. Raises ``TimeoutError``.
    """
    began_at = time.monotonic()
    with ThreadPoolExecutor(_WORKERS) as pool:
        list(pool.map(lambda learner: _settle(learner, began_at + SETTLING_SECONDS), learners))
    if killed_at is not None:
        time.sleep(max(0.0, killed_at + STANDINGS_SECONDS - time.monotonic()))
    time.sleep(2 * SWEEP_SECONDS)
    return time.monotonic() - began_at


def _settle(learner: Learner, deadline: float) -> None:
    while not _is_settled(learner.client):
        if time.monotonic() > deadline:
            raise TimeoutError(f"a document or an interview of learner {learner.number} is still unfinished")
        time.sleep(1)


def _is_settled(client: Client) -> bool:
    documents = pages(client, "document list", "/api/files", limit=100)
    interviews = pages(client, "interview list", "/api/interviews", limit=100)
    return not any(one["status"] == "processing" for one in documents) and not any(
        one["state"] in ("asking", "analysing") for one in interviews
    )


def audit(learners: Sequence[Learner], classes: Mapping[str, Client]) -> Counter[str]:
    """Read everything that was acknowledged, and record what is wrong as faults. Returns how much was read, by kind.

    ``classes`` are the teachers, by subject.
    """
    for subject_id, teacher in classes.items():
        of_class = [learner for learner in learners if learner.subject_id == subject_id]
        _check_class(teacher, subject_id, {one.client.who: one for one in of_class})
    with ThreadPoolExecutor(_WORKERS) as pool:
        following = [*learners[1:], *learners[:1]]
        counts = list(pool.map(lambda pair: _Audit(*pair).run(), zip(learners, following, strict=True)))
    return sum(counts, Counter())


def _check_class(teacher: Client, subject_id: str, learners: Mapping[str, Learner]) -> None:
    """Check that the teacher's view counts each graded answer and each question to the tutor once."""
    seen = teacher.get("analytics", f"/api/teacher/subjects/{subject_id}/ai-analytics")
    owed = {who: _interactions(one.journal) for who, one in learners.items()}
    counted = {one["user_id"]: one["total_interactions"] for one in seen["learning_progress"]}
    wrong = {who: (owed.get(who), counted.get(who)) for who in {*owed, *counted}}
    wrong = {who: pair for who, pair in wrong.items() if pair[0] != pair[1]}
    teacher.check(not wrong, "interactions that were acknowledged, and that are counted:", wrong)
    journals = [one.journal for one in learners.values() if one.journal.erased is None]
    taken = seen["quiz_performance"]["quizzes_taken"]
    teacher.check(taken == sum(len(one.submitted) for one in journals), "quizzes are counted:", taken)


def _interactions(journal: Journal) -> int:
    """The number of graded answers and of questions to the tutor; 0 after an erasure."""
    if journal.erased is not None:
        return 0
    return len(_graded(journal)) + sum(map(len, journal.conversations.values()))


def _graded(journal: Journal) -> list[str]:
    """The evidence ids of all graded answers."""
    quizzes = [
        f"{one.quiz['quiz_id']}-{graded['question_id']}"
        for one in journal.submitted
        for graded in one.result["results"]
        if graded["user_answer"] is not None
    ]
    interviews = [
        f"{one.session_id}-{number}"
        for one in journal.interviews
        for number, turn in one.turns.items()
        if turn["score"] is not None
    ]
    return quizzes + interviews


class _Audit:
    """The audit of one learner. ``stranger`` is another learner, whose data this one must not get."""

    def __init__(self, learner: Learner, stranger: Learner) -> None:
        self._learner = learner
        self._journal = learner.journal
        self._client = learner.client
        self._stranger = stranger
        self._counts: Counter[str] = Counter()

    def run(self) -> Counter[str]:
        checks = (
            [self._erased]
            if self._journal.erased is not None
            else [self._documents, self._conversations, self._quizzes, self._interviews, self._evidence]
        )
        for check in [*checks, self._strangers]:
            try:
                check()
            except Refused:
                continue
        return self._counts

    def _owed(self, kind: str, owed: Sequence[str], found: Sequence[str]) -> None:
        """Check that each of the expected ids ``owed`` was found once, and no other id."""
        self._client.check(
            sorted(owed) == sorted(found), f"{kind} are not as acknowledged:", [sorted(owed), sorted(found)]
        )
        self._counts[kind] += len(owed)

    def _documents(self) -> None:
        listed = pages(self._client, "document list", "/api/files", limit=_PAGE)
        present = self._journal.present
        self._owed("documents", list(present), [one["file_id"] for one in listed])
        for one in listed:
            self._client.check(one["status"] == "completed", "a document is not completed:", one)
            if one["file_id"] in present:
                self._document(present[one["file_id"]], one)
        for file_id, brought in self._journal.documents.items():
            if brought.is_deleted:
                self._client.get("deleted document", f"/api/files/{file_id}", expects=404)
                self._client.get("deleted chunk", f"/api/files/{file_id}/chunks/0", expects=404)
                self._counts["deletions"] += 1

    def _document(self, brought: Brought, document: Any) -> None:
        """Check that the whole text of the document is stored, and that the search finds it."""
        path = f"/api/files/{brought.file_id}/chunks"
        text = ""
        for index in range(document["chunks_created"]):
            chunk = self._client.get("chunk", f"{path}/{index}")
            text = text[: chunk["start"]].ljust(chunk["start"]) + chunk["text"]
        self._client.get("chunk", f"{path}/{document['chunks_created']}", expects=404)
        flat = " ".join(text.split())
        lost = [one for one in brought.notes.statements if one not in flat]
        self._client.check(not lost, f"of {brought.notes.filename} is lost:", [lost, text])
        query = {"query": brought.notes.island, "subjects": [self._learner.subject_id], "top_k": 20}
        found = self._client.post("search", "/api/search/cross-subject", query)["results"]
        files = [one["file_id"] for one in found]
        self._client.check(brought.file_id in files, f"{brought.notes.filename} is not found:", files)

    def _conversations(self) -> None:
        said = self._journal.conversations
        listed = pages(self._client, "conversation list", "/api/chat/conversations", limit=_PAGE)
        self._owed("conversations", list(said), [one["conversation_id"] for one in listed])
        for conversation_id, turns in said.items():
            check_conversation(self._client, conversation_id, turns)
            self._counts["questions"] += len(turns)
        self._citations(
            [citation for turns in said.values() for one in turns for citation in one.answer["citations"]]
        )

    def _citations(self, citations: Sequence[Any]) -> None:
        """Check the citations of documents that the learner has not deleted."""
        for citation in citations:
            brought = self._journal.documents.get(citation["file_id"])
            if brought is None or not brought.is_deleted:
                check_citation(self._client, citation)
                self._counts["citations"] += 1

    def _quizzes(self) -> None:
        taken = self._journal.quizzes
        listed = pages(self._client, "quiz list", "/api/quizzes", limit=_PAGE)
        self._owed("quizzes", [one.quiz["quiz_id"] for one in taken], [one["quiz_id"] for one in listed])
        results = pages(self._client, "result list", "/api/quiz-results", limit=_PAGE)
        self._owed(
            "quiz results",
            [one.result["result_id"] for one in self._journal.submitted],
            [one["result_id"] for one in results],
        )
        for one in self._journal.submitted:
            path = f"/api/quizzes/{one.quiz['quiz_id']}"
            answers = {"answers": one.answers}
            again = self._client.post("submission", f"{path}/submit", answers)
            stored = self._client.get("result", f"{path}/result")
            same = again == stored == one.result
            self._client.check(same, "another result of a quiz:", [one.result, stored, again])
            self._citations([graded["citation"] for graded in one.result["results"]])

    def _interviews(self) -> None:
        listed = pages(self._client, "interview list", "/api/interviews", limit=_PAGE)
        held = {one.session_id: one for one in self._journal.interviews}
        found = {one["session_id"] for one in listed}
        self._client.check(set(held) <= found, "interviews are lost:", sorted(set(held) - found))
        for session_id in sorted(found):
            interview = self._client.get("interview", f"/api/interviews/{session_id}")
            if session_id in held:
                self._interview(held[session_id], interview)
            else:  # a kill interrupted its start, so no client knows it
                answered = [turn for turn in interview["turns"] if turn["transcription"] is not None]
                self._client.check(
                    not answered, "an interview whose start was not acknowledged has answers:", interview
                )
        self._counts["interviews"] += len(held)

    def _interview(self, held: Held, interview: Any) -> None:
        acknowledged = [
            (number, turn["transcription"], turn["score"]) for number, turn in sorted(held.turns.items())
        ]
        stored = [
            (turn["question_number"], turn["transcription"], turn["score"]) for turn in interview["turns"]
        ]
        self._client.check(
            stored == acknowledged,
            "an interview differs from what was acknowledged:",
            [acknowledged, interview],
        )
        self._client.check(interview["state"] == "ended", "an interview has not ended:", interview)
        self._counts["interview answers"] += len(acknowledged)

    def _evidence(self) -> None:
        """Check that the ledger and the profile have exactly one piece of evidence per graded answer."""
        owed = _graded(self._journal)
        export = self._client.get("export", "/api/me/export")["export"]
        self._owed("evidence", owed, [one["evidence_id"] for one in export["evidence"]])
        profile = self._client.get("profile", "/api/profile")
        counted = sum(one["evidence_count"] for one in profile["concepts"])
        same = counted == profile["total_interactions"] == len(owed)
        self._client.check(same, f"{len(owed)} answers were graded, and the profile counts:", profile)

    def _erased(self) -> None:
        """Check that nothing of the learner is left."""
        for path in (
            "/api/files",
            "/api/chat/conversations",
            "/api/quizzes",
            "/api/quiz-results",
            "/api/interviews",
        ):
            left = pages(self._client, "list of nothing", path, limit=100)
            self._client.check(not left, f"{path} holds of an erased learner:", left)
        export = self._client.get("export", "/api/me/export")["export"]
        exported = {
            name: value for name, value in export.items() if name not in ("learner", "exported_at") and value
        }
        self._client.check(not exported, "of an erased learner is exported:", exported)
        profile = self._client.get("profile", "/api/profile")
        self._client.check(not profile["concepts"], "an erased learner has a profile:", profile)
        for file_id in self._journal.documents:
            self._client.get("erased document", f"/api/files/{file_id}", expects=404)
        self._counts["erasures"] += 1

    def _strangers(self) -> None:
        """Check that another learner's data looks as if it did not exist."""
        journal = self._stranger.journal
        paths = [f"/api/files/{file_id}" for file_id in journal.present][:2]
        paths += [f"/api/chat/conversations/{one}" for one in journal.conversations][:1]
        paths += [f"/api/quizzes/{one.quiz['quiz_id']}" for one in journal.quizzes][:1]
        paths += [f"/api/interviews/{one.session_id}" for one in journal.interviews][:1]
        for path in paths:
            self._client.get("another's", path, expects=404)
        self._counts["things of others"] += len(paths)


def files_naming(folder: Path, learner: int) -> list[str]:
    """The files in the folder whose name or content contains the name of one of the learner's islands."""
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file()
        and learner in learners_named_in(f"{path.name} {path.read_bytes().decode(errors='replace')}")
    ]
