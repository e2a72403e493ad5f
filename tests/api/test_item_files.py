"""Items as files: exported, imported, and exported again; and the answers as xAPI statements."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

import pytest

from adapters.qti.package import QtiPackages
from domain.bank.exchange import WHY_NOT_READ
from domain.bank.xapi import statement
from fakes.item_package import JsonItemPackages
from ports.item_package import ITEM_PROBLEMS
from ports.key_value_store import MAX_ITEM_BYTES
from tests.support.bank import MADE_AT, item, item_answer
from tests.support.classes import enrolled
from tests.support.world import PHYSICS, Reply, User, World
from tests.support.xapi_rules import broken

ITEMS = "/api/teacher/subjects/physics_101/items"
QUIZ = "/api/teacher/subjects/physics_101/assignments/assignment_1/quiz"
COMPARED = ("kind", "question", "options", "correct_answer", "explanation", "concept")
OWN: list[dict[str, Any]] = [
    {"question": "Which is it?", "options": ["this", "that", "=1"], "correct_answer": "B"},
    {
        "kind": "multiple_answer",
        "question": "Which?",
        "options": ["a", "b", "c"],
        "correct_answer": ["A", "C"],
    },
    {"kind": "true_false", "question": "A force is a push.", "options": [], "correct_answer": "A"},
    {"kind": "cloze", "question": "A _____ is a push.", "correct_answer": ["force", "pull"]},
    {"kind": "numeric", "question": "How far is it?", "correct_answer": "25 metres"},
    {
        "kind": "ordering",
        "question": "In which order?",
        "options": ["x", "y", "z"],
        "correct_answer": ["C", "A", "B"],
    },
    {
        "kind": "short_answer",
        "question": "What is a force?",
        "correct_answer": ["A force is a push.", "It moves."],
    },
]
ANSWERED: dict[str, Any] = {
    "multiple_choice": "A",
    "multiple_answer": ["A", "B"],
    "true_false": "B",
    "cloze": "a pull",
    "numeric": "3 feet",
    "ordering": ["A", "B", "C"],
    "short_answer": "It is a push, [,] or so.",
}


@pytest.fixture
def grace(world: World) -> User:
    return world.user("grace")


def write(grace: User) -> list[Any]:
    made = []
    for one in OWN:
        reply = grace.post(ITEMS, {"concept": "force", "explanation": "By law.", **one})
        assert reply.status == 200, reply.text
        approved = grace.post(f"{ITEMS}/{reply.body['item_id']}/approve", {"keep": True})
        made.append({name: approved.body[name] for name in COMPARED})
    return made


def send(teacher: User, content: bytes, **headers: str) -> Reply:
    boundary = "a-boundary"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="items"\r\n\r\n'.encode()
        + content
        + f"\r\n--{boundary}--\r\n".encode()
    )
    sent = {"Content-Type": f"multipart/form-data; boundary={boundary}", **headers}
    return teacher.post(f"{ITEMS}/import", body=body, headers=sent)


def exported(world: World, grace: User, form: str) -> bytes:
    """The file as bytes, which the test client would decode as text."""
    services, learner = world.services, world.services.admission.admit(grace.token or "").learner
    if form == "csv":
        reply = grace.get(f"{ITEMS}/export?format=csv&status=approved,draft")
        assert reply.headers["Content-Type"].startswith("text/csv")
        return reply.text.encode()
    return services.exchange.package(learner, "physics_101", ["approved", "draft"])


@pytest.mark.parametrize("form", ["csv", "qti"])
def test_exported_items_are_imported_unchanged(world: World, grace: User, form: str) -> None:
    made = write(grace)
    content = exported(world, grace, form)
    before = {one["item_id"] for one in grace.get(f"{ITEMS}?limit=100").body["items"]}

    taken = send(grace, content)

    assert taken.status == 200, taken.text
    assert taken.body["refused"] == []
    assert not before & {one["item_id"] for one in taken.body["items"]}
    read = [{name: one[name] for name in COMPARED} for one in taken.body["items"]]
    assert sorted(read, key=str) == sorted(made, key=str)
    assert {(one["status"], one["author"], one["version"]) for one in taken.body["items"]} == {
        ("draft", "teacher", 1)
    }


def test_sending_the_same_file_again_with_its_key_adds_nothing(grace: User) -> None:
    sheet = b"question,option_a,option_b,correct_answer,concept\nWhich?,one,two,A,force\n"
    first = send(grace, sheet, **{"Idempotency-Key": "one"})
    again = send(grace, sheet, **{"Idempotency-Key": "one"})
    assert first.body == again.body
    assert len(grace.get(ITEMS).body["items"]) == 1


@pytest.mark.slow
def test_a_large_file_that_is_sent_again_with_its_key_adds_nothing(grace: User) -> None:
    """Its response is larger than a row of a table, so it cannot be kept for the repeated request."""
    options = ",".join(letter + "字" * 250 for letter in "abcdef")
    rows = [f"第{number}{'问' * 400},{options},A,{'释' * 1200},波" for number in range(45)]
    head = "question,option_a,option_b,option_c,option_d,option_e,option_f,correct_answer,explanation,concept"
    sheet = "\n".join([head, *rows]).encode()
    first, again = (send(grace, sheet, **{"Idempotency-Key": "one"}) for _ in range(2))
    assert len(first.text.encode()) > MAX_ITEM_BYTES
    assert (first.status, len(first.body["items"])) == (200, 45)
    assert [one["item_id"] for one in again.body["items"]] == [one["item_id"] for one in first.body["items"]]
    assert len(grace.get(f"{ITEMS}?limit=100").body["items"]) == 45


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_sheet_is_read_in_the_encodings_of_spreadsheets(grace: User, encoding: str) -> None:
    sheet = "question\toption_a\toption_b\tcorrect_answer\tconcept\nWie groß?\tüber 1 m\tklein\tA\tGröße\n"
    (item,) = send(grace, sheet.encode(encoding)).body["items"]
    assert (item["question"], item["options"], item["concept"]) == (
        "Wie groß?",
        ["über 1 m", "klein"],
        "Größe",
    )


def test_a_sheet_in_another_encoding_is_refused_with_what_to_do(grace: User) -> None:
    refused = send(grace, "question,correct_answer,concept\nWie groß?,A,x\n".encode("cp1252"))
    assert (refused.status, refused.code) == (422, "corrupt")
    assert "Save it as CSV UTF-8" in refused.text


def test_each_line_of_a_sheet_is_read_or_refused_with_a_reason(grace: User) -> None:
    sheet = (
        "question,option_a,option_b,correct_answer,concept,kind\n"
        "Which is right?,one,two,A,force,\n"
        "Which is not?,one,two,C,force,\n"
        ",one,two,A,force,\n"
        "Which kind?,one,two,A,force,riddle\n"
    )
    taken = send(grace, sheet.encode()).body
    assert [one["question"] for one in taken["items"]] == ["Which is right?"]
    assert [(one["name"], one["code"], one["field"]) for one in taken["refused"]] == [
        ("line 3", "invalid_item", "correct_answer"),
        ("line 4", "invalid_item", "question"),
        ("line 5", "invalid_item", "kind"),
    ]


def test_an_imported_item_that_the_bank_has_already_is_a_duplicate(grace: User) -> None:
    grace.share("physics_101", "laws.txt", PHYSICS)
    sheet = (
        b"question,option_a,option_b,option_c,correct_answer,concept\n"
        b"What does every action have by Newton's third law?,an equal and opposite reaction,a delayed echo,no end,A,laws\n"
    )
    (first,) = send(grace, sheet).body["items"]
    (again,) = send(grace, sheet).body["items"]
    assert [one["admission"]["code"] for one in (first, again)] == [None, "duplicate"]
    explained = grace.send(
        "PATCH", f"{ITEMS}/{again['item_id']}", {"explanation": "It is his third law."}
    ).body
    assert explained["admission"]["code"] == "duplicate"
    original = grace.send(
        "PATCH", f"{ITEMS}/{first['item_id']}", {"explanation": "It is his third law."}
    ).body
    assert original["admission"]["code"] is None
    assert grace.post(f"{ITEMS}/{first['item_id']}/retire", {}).status == 200
    assert grace.post(f"{ITEMS}/{again['item_id']}/retire", {}).status == 200
    (anew,) = send(grace, sheet).body["items"]
    assert anew["admission"]["admitted"]


def test_an_unsupported_item_that_the_bank_has_already_is_a_duplicate(grace: User) -> None:
    """The same file, sent twice by mistake to a class that has no materials yet."""
    sheet = b"question,option_a,option_b,option_c,correct_answer,concept\nWhat is heat?,motion,colour,noise,A,heat\n"
    codes = [send(grace, sheet).body["items"][0]["admission"]["code"] for _ in range(2)]
    assert codes == ["unsupported_quote", "duplicate"]


def test_the_gate_checks_imported_items(grace: User) -> None:
    grace.share("physics_101", "laws.txt", PHYSICS)
    sheet = (
        "question,option_a,option_b,option_c,correct_answer,concept\n"
        "What does every action have by Newton's third law?,an equal and opposite reaction,a delayed echo,no end,A,laws\n"
        "What colour is a force?,blue,red,green,A,laws\n"
    )
    first, second = send(grace, sheet.encode()).body["items"]
    assert first["admission"]["admitted"]
    assert first["citation"]["source_file"] == "laws.txt"
    assert not second["admission"]["admitted"]


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"PK\x03\x04 not a zip", 422, "corrupt"),
        (b"\xff\xfe\x00", 422, "corrupt"),
        (b"nothing at all", 422, "no_items"),
        (b"", 422, "no_items"),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing(
    grace: User, content: bytes, status: int, code: str
) -> None:
    refused = send(grace, content)
    assert (refused.status, refused.code) == (status, code)
    assert code != "no_items" or "columns question and correct_answer" in refused.text
    assert grace.get(ITEMS).body["items"] == []


def test_a_refused_item_has_its_reason_in_a_sentence() -> None:
    grace = World().user("grace")
    (refused,) = send(grace, json.dumps({"items": [{"no": "item"}]}).encode()).body["refused"]
    assert refused["code"] == "malformed"
    assert refused["message"].startswith("The file is no well-formed XML")
    assert set(WHY_NOT_READ) == set(ITEM_PROBLEMS)


def test_a_body_that_is_no_form_is_refused(grace: User) -> None:
    assert grace.post(f"{ITEMS}/import", {}).code == "malformed_form"


def test_only_items_with_the_requested_statuses_are_exported(grace: User) -> None:
    write(grace)
    draft = grace.post(
        ITEMS, {"question": "Draft?", "options": ["a", "b"], "correct_answer": "A", "concept": "c"}
    )
    assert draft.status == 200
    rows = list(
        csv.DictReader(io.StringIO(grace.get(f"{ITEMS}/export?format=csv").text.removeprefix("\ufeff")))
    )
    assert len(rows) == len(OWN)
    assert {row["status"] for row in rows} == {"approved"}
    assert "Draft?" in grace.get(f"{ITEMS}/export?format=csv&status=draft").text


def test_an_item_that_is_being_edited_is_exported_in_its_approved_version(grace: User) -> None:
    write(grace)
    item = grace.get(ITEMS).body["items"][0]
    edited = grace.patch(f"{ITEMS}/{item['item_id']}", {"explanation": "Anew."}).body
    assert (edited["status"], edited["approved_version"]) == ("draft", item["version"])
    for status, explanation in (("", item["explanation"]), ("&status=draft", "Anew.")):
        text = grace.get(f"{ITEMS}/export?format=csv{status}").text.removeprefix("\ufeff")
        told = {row["question"]: row["explanation"] for row in csv.DictReader(io.StringIO(text))}
        assert told[item["question"]] == explanation


@pytest.mark.parametrize("who", ["ada", "karl"])
def test_only_the_subjects_teacher_exports_and_imports(world: World, who: str) -> None:
    other = world.user(who)
    assert other.get(f"{ITEMS}/export?format=csv").status == 403
    assert send(other, b"question,correct_answer\nx,A\n").status == 403
    assert other.get(f"{QUIZ}/export").status == 403
    assert other.get(f"{QUIZ}/statements").status == 403


def test_an_assigned_quiz_is_exported_with_its_items(grace: User, world: World) -> None:
    assert grace.get(f"{QUIZ}/export").code == "assigned_quiz_not_found"
    write(grace)
    ids = [one["item_id"] for one in grace.get(f"{ITEMS}?limit=2").body["items"]]
    assert grace.post(QUIZ, {"item_ids": ids}).status == 200
    reply = grace.get(f"{QUIZ}/export", headers={"Accept": "application/zip"})
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "application/zip"
    learner = world.services.admission.admit(grace.token or "").learner
    content = world.services.exchange.assigned_package(learner, "physics_101", "assignment_1")
    assert len(world.services.adapters.item_packages.read(content).items) == 2
    grace.post(f"{ITEMS}/{ids[0]}/retire", {})
    content = world.services.exchange.assigned_package(learner, "physics_101", "assignment_1")
    assert len(world.services.adapters.item_packages.read(content).items) == 1


def test_a_quiz_that_draws_is_exported_with_its_lines(grace: User, world: World) -> None:
    world.adapters.item_packages = JsonItemPackages()
    write(grace)
    assert grace.post(QUIZ, {"blueprint": [{"concept": "force", "num_questions": 3}]}).status == 200
    for one in grace.get(f"{ITEMS}?limit=5").body["items"]:
        grace.post(f"{ITEMS}/{one['item_id']}/retire", {})
    learner = world.services.admission.admit(grace.token or "").learner
    content = world.services.exchange.assigned_package(learner, "physics_101", "assignment_1")
    told = json.loads(content)
    asked = [one["item_id"] for one in told["items"]]
    assert told["draws"] == [{"count": 2, "item_ids": asked}]
    assert len(asked) == 2


def test_answers_are_exported_as_statements_with_pseudonyms() -> None:
    world = World()
    grace = world.user("grace")
    learners = enrolled(world, 3)
    item = grace.post(ITEMS, {"concept": "force", **OWN[0]}).body["item_id"]
    grace.post(f"{ITEMS}/{item}/approve", {"keep": True})
    grace.post(QUIZ, {"item_ids": [item]})
    for learner in (grace, *learners):  # the teacher's own answer is in no statement
        quiz = learner.post("/api/assignments/assignment_1/generate-quiz", {}).body
        right = "ABC"[quiz["questions"][0]["options"].index("that")]
        assert learner.submit(quiz, {"1": right}).status == 200

    first = grace.get(f"{QUIZ}/statements?limit=3").body
    second = grace.get(f"{QUIZ}/statements?limit=3&cursor={first['next_cursor']}").body

    statements = [*first["statements"], *second["statements"]]
    assert len({one["id"] for one in statements}) == len(statements) == 3
    assert second["next_cursor"] is None
    told = json.dumps(statements)
    for learner in learners:
        assert learner.name not in told
    assert "Pupil" not in told
    actors = {one["actor"]["account"]["name"] for one in statements}
    assert len(actors) == 3
    one = statements[0]
    assert one["verb"]["id"] == "http://adlnet.gov/expapi/verbs/answered"
    assert one["object"]["definition"]["interactionType"] == "choice"
    assert one["object"]["definition"]["correctResponsesPattern"] == ["B"]
    assert one["result"] == {"response": "B", "score": {"scaled": 1.0}, "success": True}
    assert one["timestamp"] == MADE_AT
    again = grace.get(f"{QUIZ}/statements").body["statements"]
    assert {one["actor"]["account"]["name"] for one in again} == actors


def test_statements_of_every_kind_keep_to_the_rules_of_xapi(grace: User, ada: User, alan: User) -> None:
    write(grace)
    ids = [one["item_id"] for one in grace.get(ITEMS).body["items"]]
    assert grace.post(QUIZ, {"item_ids": ids}).status == 200
    for learner, answers in ((ada, {}), (alan, ANSWERED)):
        quiz = learner.post("/api/assignments/assignment_1/generate-quiz", {}).body
        given = {
            one["question_id"]: answers[one["kind"]] for one in quiz["questions"] if one["kind"] in answers
        }
        assert learner.submit(quiz, given).status == 200

    told = grace.get(f"{QUIZ}/statements").body["statements"]

    assert len(told) == 2 * len(OWN)
    assert {reason for one in told for reason in broken(one)} == set()
    patterns = {
        one["object"]["definition"]["description"]["und"]: one["object"]["definition"][
            "correctResponsesPattern"
        ]
        for one in told
    }
    assert patterns["A _____ is a push."] == ["force", "pull"]
    assert patterns["What is a force?"] == ["{order_matters=false}A force is a push.[,]It moves."]
    assert patterns["In which order?"] == ["C[,]A[,]B"]


def test_a_corrected_answer_is_exported_as_another_statement(grace: User, ada: User) -> None:
    write(grace)
    ids = [one["item_id"] for one in grace.get(ITEMS).body["items"] if one["kind"] == "multiple_choice"]
    grace.post(QUIZ, {"item_ids": ids})
    quiz = ada.post("/api/assignments/assignment_1/generate-quiz", {}).body
    place = quiz["questions"][0]["options"].index("this")
    result = ada.submit(quiz, {"1": "ABC"[place]}).body

    def told() -> Any:
        (one,) = grace.get(f"{QUIZ}/statements").body["statements"]
        assert broken(one) == []
        return one

    def regrade(**how: Any) -> None:
        wanted = {"item_id": ids[0], "reason": "The key was wrong.", **how}
        assert grace.post("/api/teacher/subjects/physics_101/regrades", wanted).status == 200

    marked = [told()]
    assert told() == marked[0]
    regrade(key="A")
    marked.append(told())
    override = {"result_id": result["result_id"], "question_id": "1", "verdict": "partly", "reason": "Half."}
    assert grace.post("/api/teacher/subjects/physics_101/overrides", override).status == 200
    marked.append(told())
    regrade(retire=True)
    marked.append(told())

    assert [one["result"].get("score") for one in marked] == [
        {"scaled": 0.0},
        {"scaled": 1.0},
        {"scaled": 0.5},
        None,
    ]
    assert len({one["id"] for one in marked}) == len(marked)
    assert len({one["context"]["registration"] for one in marked}) == 1


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("id", "1"),
        ("actor", {"objectType": "Agent", "account": {"homePage": "here", "name": "a"}}),
        ("result", {"response": None}),
        ("result", {"score": {"scaled": 2}}),
        ("timestamp", "2026-09-14T08:00:00"),
        ("verb", {"id": "answered"}),
    ],
)
def test_the_rules_of_xapi_refuse_what_breaks_them(place: str, value: Any) -> None:
    told = statement(item_answer(1, 1.0), item().latest, "secret", "https://school.example")
    assert broken(told) == []
    assert broken(told | {place: value})


def test_a_package_is_a_zip_with_a_manifest(world: World, grace: User) -> None:
    world.adapters.item_packages = QtiPackages()
    write(grace)
    content = exported(world, grace, "qti")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
    assert names[:2] == ["imsmanifest.xml", "test.xml"]
    assert len(names) == 2 + len(OWN)
