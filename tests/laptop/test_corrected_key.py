"""Two real servers, used only with curl. On one, a key is corrected after a dry run; on the other it was right from the
start.

Both do each step at nearly the same moment. Afterwards, all fields about the learners and the class are equal. Requests
that make something have an idempotency key, so what they make has the same id on both servers.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from demo.play import DOCUMENTS, PATIENCE_SECONDS, PROJECT, Server, running_server, token_of, until_processed
from domain.quizzes.quiz_words import LETTERS
from fakes.system import FrozenClock
from tests.laptop.test_erasure import Laptop

pytestmark = [pytest.mark.slow, pytest.mark.wire]
CLASS = "/api/teacher/subjects/physics_101"
ASSIGNED = f"{CLASS}/assignments/assignment_1/quiz"
MATERIAL = DOCUMENTS / "waves.txt"
GUIDE = (PROJECT / "docs" / "marking.md").read_text(encoding="utf-8")
KINDS = ["multiple_choice", "true_false"]
REASON = "The key named the wrong option."
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*")
_OF_DECISIONS = {"corrections", "appeal", "version", "approved_version", "versions", "updated_at"}
"""The fields that distinguish a corrected item or mark from one that was right from the start."""


class School:
    """The class of a server, to which requests are sent with curl."""

    def __init__(self, server: Server) -> None:
        self.url = server.url
        self.tokens = {name: token_of(name, server) for name in ("grace", "karl", "ada", "alan")}
        self.items: list[Any] = []
        self._sent = 0

    def curl(self, *arguments: str) -> tuple[int, Any]:
        """The status and the body of the response."""
        command = ["curl", "--silent", "--show-error", "--write-out", "\n%{http_code}", *arguments]
        printed = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=PATIENCE_SECONDS
        )
        text, _, status = printed.stdout.rpartition("\n")
        return int(status), json.loads(text) if text else None

    def ask(self, who: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        told = ["--request", method, "--header", f"Authorization: Bearer {self.tokens[who]}"]
        if body is not None:
            self._sent += 1
            told += ["--header", "Content-Type: application/json", "--data", json.dumps(body)]
            told += ["--header", f"Idempotency-Key: step-{self._sent}"]
        return self.curl(*told, self.url + path)

    def get(self, who: str, path: str) -> Any:
        status, body = self.ask(who, "GET", path)
        assert status == 200, body
        return body

    def post(self, who: str, path: str, body: Any = None, method: str = "POST") -> Any:
        status, answer = self.ask(who, method, path, {} if body is None else body)
        assert status == 200, answer
        return answer

    # The journey

    def gets_material(self) -> None:
        size = MATERIAL.stat().st_size
        wanted = {
            "file_name": MATERIAL.name,
            "content_type": "",
            "file_size": size,
            "session_id": "session_1",
        }
        offer = self.post("grace", f"{CLASS}/materials/upload-url", wanted)
        fields = [f"{name}={value}" for name, value in offer["upload"]["fields"].items()]
        form = [part for field in fields for part in ("--form-string", field)]
        status, _ = self.curl(*form, "--form", f"file=@{MATERIAL}", offer["upload"]["url"])
        assert status == 204
        material = until_processed(lambda: self.get("grace", f"{CLASS}/materials")["items"][0])
        assert material["status"] == "completed"

    def makes_items(self) -> None:
        wanted = {"generate": {"num_questions": 6, "kinds": KINDS}}
        self.items = self.post("grace", f"{CLASS}/items", wanted)["items"]
        assert len(self.items) == 6

    @property
    def edited(self) -> Any:
        """The item whose key is edited."""
        return next(one for one in self.items if one["kind"] == "multiple_choice")

    @property
    def wrong_key(self) -> str:
        return next(letter for letter in "AB" if letter != self.edited["correct_answer"])

    def edits(self, **changes: Any) -> None:
        """Grace changes the explanation of an item, and perhaps its key."""
        body = {"version": 1, "explanation": "So the lecture defines it.", **changes}
        item = self.post("grace", f"{CLASS}/items/{self.edited['item_id']}", body, "PATCH")
        assert (item["version"], item["status"]) == (2, "draft")

    def assigns_five(self) -> None:
        asked = [self.edited, *(one for one in self.items if one is not self.edited)][:5]
        for item in asked:
            approved = self.post("grace", f"{CLASS}/items/{item['item_id']}/approve", {"keep": True})
            assert approved["status"] == "approved"
        assigned = self.post(
            "grace", ASSIGNED, {"item_ids": [one["item_id"] for one in asked], "attempts": 2}
        )
        assert assigned["num_questions"] == 5

    def takes(self, who: str, choose: Callable[[int, Any], str | None]) -> None:
        """``choose`` names an option by its text, for the number of a question and its item."""
        quiz = self.post(who, "/api/assignments/assignment_1/generate-quiz")
        by_stem = {item["question"]: item for item in self.items}
        answers = {}
        for number, question in enumerate(quiz["questions"]):
            assert question["correct_answer"] is question["citation"] is question["explanation"] is None
            text = choose(number, by_stem[question["question"]])
            if text is not None:
                answers[question["question_id"]] = LETTERS[question["options"].index(text)]
        self.post(who, f"/api/quizzes/{quiz['quiz_id']}/submit", {"answers": answers})

    def takes_hint(self, who: str) -> None:
        quiz = self.post(who, "/api/assignments/assignment_1/generate-quiz")
        question = quiz["questions"][1]["question_id"]
        self.post(who, f"/api/quizzes/{quiz['quiz_id']}/questions/{question}/hint")

    # What is shown

    def shown(self, who: str) -> Any:
        listed = self.get(who, "/api/quiz-results")["items"]
        quizzes = [
            self.get(who, f"/api/quizzes/{one['quiz_id']}") for one in self.get(who, "/api/quizzes")["items"]
        ]
        profile = self.get(who, "/api/profile?subject_id=physics_101")
        why = [
            self.get(
                who, f"/api/profile/concepts/{one['concept'].replace(' ', '%20')}?subject_id=physics_101"
            )
            for one in profile["concepts"]
        ]
        results = [self.get(who, f"/api/quizzes/{one['quiz_id']}/result") for one in listed]
        options = {one["question"]: one["options"] for quiz in quizzes for one in quiz["questions"]}
        shown = {
            "listed": listed,
            "results": results,
            "quizzes": quizzes,
            "profile": profile,
            "overall": self.get(who, "/api/profile"),
            "why": why,
            "reviews": self.get(who, "/api/reviews"),
            "flashcards": self.get(who, "/api/flashcards"),
            "assignments": self.get(who, "/api/assignments"),
        }
        return in_words(shown, options)

    def shown_to_grace(self) -> Any:
        seen = {
            "analytics": self.get("grace", f"{CLASS}/ai-analytics"),
            "assigned": self.get("grace", ASSIGNED),
            "items": self.get("grace", f"{CLASS}/items"),
            "statistics": self.get("grace", f"{CLASS}/items/statistics"),
            "desk": self.get("grace", f"{CLASS}/appeals"),
        }
        return in_words(seen, {})


def in_words(shown: Any, options: Mapping[str, list[str]]) -> Any:
    """The shown data without times and without the fields about decisions. Options are given by their texts instead of
    their letters, because the order in which a quiz shows them depends on the key.
    """
    if isinstance(shown, list):
        return [in_words(one, options) for one in shown]
    if not isinstance(shown, dict):
        return "a moment" if isinstance(shown, str) and _MOMENT.fullmatch(shown) else shown
    texts = shown.get("options") or options.get(str(shown.get("question")), [])
    told = {}
    for name, value in shown.items():
        if name == "options":
            value = sorted(value)
        elif name in ("correct_answer", "user_answer") and isinstance(value, str) and value in LETTERS:
            value = texts[LETTERS.index(value)]
        if name not in _OF_DECISIONS:
            told[name] = in_words(value, options)
    return told


def differences(one: Any, other: Any, place: str = "") -> Iterator[str]:
    """The places at which two shown things differ. Numbers that depend on the time of an answer may differ by a
    millionth.
    """
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted({*one, *other}):
            yield from differences(one.get(name, "missing"), other.get(name, "missing"), f"{place}.{name}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (first, second) in enumerate(zip(one, other, strict=True)):
            yield from differences(first, second, f"{place}[{number}]")
    elif isinstance(one, float) and isinstance(other, float):
        if one != pytest.approx(other, abs=1e-6):
            yield f"{place}: {one} and {other}"
    elif one != other:
        yield f"{place}: {one!r} and {other!r}"


@contextmanager
def running_schools(*folders: Path) -> Iterator[list[School]]:
    """A school for each of the folders, until the block ends."""
    with ExitStack() as running:
        yield [School(running.enter_context(running_server(folder))) for folder in folders]


def test_the_session_of_the_guide_works_as_it_is_written(tmp_path: Path) -> None:
    """Every command, in order, in one shell. Only the port and the folder of the files differ from the guide."""
    commands = re.search(r"with curl\n.*?```sh\n(.*?)```", GUIDE, re.DOTALL)
    assert commands is not None
    with running_server(tmp_path / "data") as server:
        script = commands.group(1).replace("http://127.0.0.1:8000", server.url)
        done = subprocess.run(
            ["bash", "-c", "set -euo pipefail\n" + script],
            cwd=PROJECT,
            env=server.environment | {"TMPDIR": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=4 * PATIENCE_SECONDS,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    shown = list(_documents(done.stdout))
    assert [one for one in shown if "error" in one] == []
    desk, preview, progress, *results, record, analytics = shown[-7:]
    assert [(one["why"], one["name"]) for one in desk["items"]] == [("appeal", "Alan Turing")]
    assert (preview["state"], progress["state"]) == ("preview", "done")
    assert progress["attempts_done"] == progress["attempts_total"] == 2
    changed = {one["user_id"]: one["score_after"] for one in preview["learners"]}
    for who, listed in zip(("ada", "alan"), results, strict=True):
        (result,) = listed["items"]
        assert len(result["corrections"]) == (who in changed)
        assert changed.get(who, result["score"]) == result["score"]
    assert sorted(one["user_id"] for one in record["items"]) == sorted(changed)
    assert {"ada", "alan"} <= {one["user_id"] for one in analytics["learning_progress"]}


def _documents(text: str) -> Iterator[Any]:
    """The JSON documents that stand one after the other."""
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        found, at = decoder.raw_decode(text, at)
        yield found


def right(item: Any) -> str:
    return str(item["options"][LETTERS.index(item["correct_answer"])])


def wrong(item: Any) -> str:
    return next(str(one) for one in item["options"] if one != right(item))


def test_a_corrected_key_is_as_if_it_had_been_right_from_the_start(tmp_path: Path) -> None:
    folders = tmp_path / "corrected", tmp_path / "fresh"
    with running_schools(*folders) as schools:
        lived(*schools)
        compared(*schools)
        nobody_else_sees(schools[0])
    due, wanted = (due_later(folder) for folder in folders)
    assert [len(one["items"]) for one in due] == [5, 4]  # alan left an answer out
    assert list(differences(due, wanted)) == []


def lived(corrected: School, fresh: School) -> None:
    """The journey. On the first server a key is wrong, and is corrected at the end."""
    schools = corrected, fresh
    for school in schools:
        school.gets_material()
    for school in schools:
        school.makes_items()
    assert in_words(corrected.items, {}) == in_words(fresh.items, {})
    corrected.edits(correct_answer=corrected.wrong_key)
    fresh.edits()
    for school in schools:
        school.assigns_five()
    plans: tuple[tuple[str, Callable[[int, Any], str | None]], ...] = (
        ("ada", lambda number, item: right(item) if number < 3 else wrong(item)),
        ("alan", lambda number, item: (wrong(item), right(item), None)[number % 3]),
    )
    for who, choose in plans:
        for school in schools:
            school.takes(who, choose)
    for school in schools:
        school.takes_hint("alan")
    before = [school.shown("ada") for school in schools]
    assert list(differences(*before))

    order = {
        "item_id": corrected.edited["item_id"],
        "key": corrected.edited["correct_answer"],
        "reason": REASON,
    }
    asked = corrected.post("grace", f"{CLASS}/regrades", order | {"dry_run": True})
    assert list(differences(before[0], corrected.shown("ada"))) == []
    done = corrected.post("grace", f"{CLASS}/regrades", order)

    assert (asked["state"], done["state"], done["learners"]) == ("preview", "done", asked["learners"])
    assert [(one["user_id"], one["score_before"], one["score_after"]) for one in done["learners"]] == [
        ("ada", 40.0, 60.0),
        ("alan", 60.0, 40.0),
    ]
    progress = corrected.get("grace", f"{CLASS}/regrades/{done['regrade_id']}")
    assert (progress["state"], progress["attempts_done"], progress["learners_done"]) == ("done", 2, 2)
    (told,) = corrected.get("ada", "/api/quiz-results")["items"][0]["corrections"]
    assert (told["kind"], told["reason"], told["verdict"]) == ("regrade", REASON, "right")


def compared(*schools: School) -> None:
    for who in ("ada", "alan"):
        one, other = (school.shown(who) for school in schools)
        assert one["results"]
        assert list(differences(one, other)) == []
    assert list(differences(*(school.shown_to_grace() for school in schools))) == []


def nobody_else_sees(school: School) -> None:
    """A teacher of another subject and a learner are refused all of the class's bank, desk and record."""
    known = {"item_id": school.edited["item_id"], "assignment_id": "assignment_1", "regrade_id": "none"}
    for path, methods in school.get("ada", "/api/openapi.json")["paths"].items():
        if path.startswith(CLASS.replace("physics_101", "{subject_id}")):
            asked = path.replace("{subject_id}", "physics_101")
            for name, value in known.items():
                asked = asked.replace(f"{{{name}}}", value)
            for who, code in (("karl", "not_your_subject"), ("ada", "teacher_only")):
                for method in set(methods) & {"get"}:
                    status, answer = school.ask(who, method.upper(), asked)
                    assert (status, answer["error"]["code"]) == (403, code), asked
    text = json.dumps([school.shown("ada"), school.get("ada", "/api/me/export")])
    assert school.items[-1]["question"] not in text  # the draft that was not approved


def due_later(folder: Path) -> list[Any]:
    """The reviews of ada and of alan that are due three days later, from the data of a stopped server."""
    laptop = Laptop(folder, FrozenClock(datetime.now(UTC) + timedelta(days=3)))
    due = [laptop.user(who).get("/api/reviews").body for who in ("ada", "alan")]
    laptop.stores.close()
    return [in_words(one, {}) for one in due]
