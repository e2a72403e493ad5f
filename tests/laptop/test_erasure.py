"""On the laptop's own stores: no byte of what was erased is left in any file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib import events
from chalicelib.api import build_app, declare_routes
from chalicelib.composition.demo_school import DEMO_SCHOOL
from chalicelib.composition.profiles.local.adapters import LocalAdapters
from chalicelib.composition.services import Services
from chalicelib.settings import read_settings
from ports.system import Clock
from tests.support.http_client import HttpClient
from tests.support.world import User, World

NOTES = (
    "A keel is a fin that keeps a boat from drifting sideways. A rudder is a blade that turns a boat to the left or the "
    "right. A mast is a pole that carries the sails of a boat. A cleat is a fitting that holds a rope under tension."
)
CANARY = "quetzalcoatlus"


class Laptop(World):
    """The app on the local profile's stores, in a folder. It shows the time of this machine, or that of ``clock``."""

    def __init__(self, data: Path, clock: Clock | None = None, public_url: str = "") -> None:
        self.data = data
        self.settings = read_settings({"LYCEUM_DATA": str(data), "LYCEUM_PUBLIC_URL": public_url})
        self.stores = LocalAdapters(self.settings)
        if clock is not None:
            self.stores.clock = clock
        self.services = Services(self.settings, self.stores)
        self.app = build_app()
        self.api = declare_routes(self.app, self.services)
        self.http = HttpClient(self.app)

    def user(self, name: str) -> User:
        person = next(person for person in DEMO_SCHOOL.people if person.user_id == name)
        return User(self, name, self.stores.identity.mint(person))

    def files_with(self, text: str) -> list[str]:
        wanted = text.encode()
        files = (path for path in self.data.rglob("*") if path.is_file())
        return sorted(
            path.name
            for path in files
            if wanted in path.read_bytes() or text in str(path.relative_to(self.data))
        )


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    made = Laptop(tmp_path)
    yield made
    made.stores.close()


def test_no_file_contains_erased_data(laptop: Laptop) -> None:
    ada, alan = laptop.user("ada"), laptop.user("alan")
    for who, canary in ((ada, CANARY), (alan, "archaeopteryx")):
        text = f"The {canary} was a flying reptile that lived in the late Cretaceous period.\n\n{NOTES}"
        sent = who.upload_in_request(f"{canary}.txt", text.encode(), {"subject_id": "physics_101"})
        assert sent.body["status"] == "completed", sent.text
        asked = who.post(
            "/api/chat",
            {"message": f"When did the {canary} live?", "subject_id": "physics_101"},
            headers={"Idempotency-Key": canary},
        )
        assert asked.body["citations"], asked.text
        who.patch(f"/api/chat/conversations/{asked.body['conversation_id']}", {"title": canary})
        quiz = who.post("/api/quizzes", {"subject_id": "physics_101", "num_questions": 2}).body
        answers = {question["question_id"]: "A" for question in quiz["questions"]}
        assert who.submit(quiz, answers).status == 200
        who.post("/api/ws-ticket")
    exported = ada.get("/api/me/export")
    assert exported.text.count(CANARY) > 5
    assert len(laptop.files_with(CANARY)) >= 4

    erased = ada.delete("/api/me/data").body["erased"]
    events.schedule_struck(laptop.services)
    laptop.stores.compact()

    assert laptop.files_with(CANARY) == []
    assert (
        min(erased[name] for name in ("documents", "objects", "vectors", "messages", "quizzes", "evidence"))
        > 0
    )
    assert alan.ask("When did the archaeopteryx live?").body["citations"]
    laptop.stores.close()
    assert laptop.files_with(CANARY) == []
