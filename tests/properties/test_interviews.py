"""Interviews under dropped connections, repeated and reordered messages, second tabs, lost events and crashes.

A learner also tries again: they give up a recording, with or without saying so, and resume an interview by the token of
the list of interviews. At the end, each answer that was acknowledged whole is in its turn, with the words of one try
alone, the turns are in order, and each answer was judged once, with the score that its words deserve.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chalicelib import events, websocket
from chalicelib.composition.services import Services
from domain.interviews.interview import IDLE_SECONDS, Interview, InterviewQuestion, InterviewTurn
from domain.interviews.judging import Judging
from domain.progress.ledger import Ledger
from fakes.embedder import HashingEmbedder
from fakes.grammar import ScriptedGrammar
from ports.agent import Task
from ports.errors import Unavailable
from tests.support.faults import PORTS, Crash, Faults, FaultyAdapters, Interrupted
from tests.support.interviews import analysis, by_the_book, prepared
from tests.support.tasks import judge
from tests.support.world import World

FAULTY = (*PORTS, "agent", "gateway", "transcriber", "directory")
PARTS = 3
MOST_CALLS = 30

SAID = [
    "The body stays at rest.",
    "It moves uniformly and stays at rest.",
    "Net force equals mass times acceleration.",
    "The reaction is equal and opposite.",
    "Nothing of the kind.",
]


@dataclass(frozen=True)
class Trouble:
    """What happens to a handler at its call number ``at`` of a port: its worker dies before or after the effect of
    the call, or another worker or the learner does something ahead of it."""

    at: int | None = None
    kind: Literal["crash", "crash after", "again", "sweep", "resume"] = "crash"


TROUBLE = st.just(Trouble()) | st.builds(
    Trouble,
    st.integers(1, MOST_CALLS),
    st.sampled_from(["crash", "crash after", "again", "sweep", "resume"]),
)


@dataclass
class Answer:
    """The learner's answer to one question, in parts of sound or in text."""

    number: int
    words: str
    is_spoken: bool
    tries: int = 1
    """The number of the try that is being sent. Each try has its own words."""
    sent: set[int] = field(default_factory=set)
    is_acknowledged: bool = False
    """Whether the server has said that it has all parts."""

    @property
    def recording_id(self) -> str:
        return f"q{self.number}-try{self.tries}"

    def parts(self) -> list[bytes]:
        sound = self.heard.encode()
        size = -(-len(sound) // PARTS)
        return [sound[at : at + size] for at in range(0, size * PARTS, size)]

    @property
    def heard(self) -> str:
        if not self.is_spoken:
            return self.words
        return f"OggS {self.words}" + (f" Try {self.tries}." if self.tries > 1 else "")


class Interviews(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        ada = self.world.user("ada")
        prepared(self.world, ada)
        self.tabs: list[str] = []
        self.taken: dict[str, int] = {}
        self.session_id: str | None = None
        self.token: str | None = None
        self.number = 0
        """The number of the last question that the client saw."""
        self.answers: dict[int, Answer] = {}
        self.shown: dict[int, str] = {}
        """The questions that the client saw, by number."""
        self.connections = 0

    # How the test drives the world

    def do(self, step: Callable[[Services], object], trouble: Trouble) -> None:
        """Run a handler. The trouble happens at one of its calls to a port."""
        faults = Faults(trouble.at, after_effect=trouble.kind == "crash after")
        if trouble.kind in ("again", "sweep", "resume"):
            others = {
                "again": lambda: step(self.world.services),
                "sweep": self.sweep,
                "resume": self.take_over,
            }
            faults = Interrupted(trouble.at, between=others[trouble.kind])
        try:
            step(Services(self.world.settings, FaultyAdapters(self.world.adapters, faults, FAULTY)))
        except Crash:
            pass
        self.listen()

    def send(self, tab: str, message: dict[str, Any], trouble: Trouble) -> None:
        event = {"requestContext": {"connectionId": tab}, "body": json.dumps(message)}
        self.do(lambda services: websocket.receive(services, event), trouble)

    def sweep(self) -> None:
        self.world.adapters.clock.advance(95)
        events.schedule_struck(self.world.services)

    def take_over(self) -> None:
        """The learner resumes in another tab while a handler works for this one."""
        if self.session_id is not None:
            self.connect()
            self.resume(Trouble(), is_token_lost=False)

    def listen(self) -> None:
        """The client reads what was pushed to any of its tabs."""
        for tab in self.tabs:
            sent = self.world.adapters.gateway.sent[tab]
            fresh, self.taken[tab] = sent[self.taken[tab] :], len(sent)
            for text in fresh:
                self.understand(json.loads(text))

    def understand(self, told: dict[str, Any]) -> None:
        if self.session_id is not None and told.get("session_id", self.session_id) != self.session_id:
            return  # an earlier start that seemed to fail: the learner keeps the interview that they have
        question = told.get("question") or told.get("next_question")
        if question is not None and "question_number" in told:
            assert self.shown.setdefault(told["question_number"], question) == question
        match told["type"]:
            case "interview_started":
                self.session_id, self.token = told["session_id"], told["resume_token"]
                self.number = told["question_number"]
            case "interview_resumed":
                self.session_id = told["session_id"]
                self.token = self.token or told["resume_token"]
                self.number = max(self.number, told["question_number"])
            case "response_processed":
                self.number = max(self.number, told["question_number"])
            case "error" if told["code"] == "agent_unavailable" and self.number == 0:
                self.session_id = self.token = None  # its first question could not be asked: it is withdrawn
            case "audio_received":
                answer = self.answers.get(told["question_number"])
                is_whole = told["received_through"] == PARTS - 1
                is_this = answer is not None and told["recording_id"] == answer.recording_id
                if answer is not None and is_this and is_whole and len(answer.sent) == PARTS:
                    answer.is_acknowledged = True

    @property
    def tab(self) -> str:
        return self.tabs[-1]

    # What learners do

    @initialize(is_clean=st.booleans(), trouble=TROUBLE, most=st.integers(1, 4))
    def begin(self, is_clean: bool, trouble: Trouble, most: int) -> None:
        self.connect()
        self.start(Trouble() if is_clean else trouble, most)

    def connect(self) -> None:
        self.connections += 1
        tab = base64.b64encode(f"connection{self.connections:02d}".encode()).decode()
        for other in self.tabs[:-3]:
            self.world.adapters.gateway.drop(other)
        ticket = str(self.world.user("ada").post("/api/ws-ticket").body["ticket"])  # a token lasts an hour
        self.world.adapters.gateway.open(tab)
        event = {"requestContext": {"connectionId": tab}, "queryStringParameters": {"ticket": ticket}}
        assert websocket.connect(self.world.services, event)["statusCode"] == 200
        self.tabs.append(tab)
        self.taken[tab] = 0

    @precondition(lambda self: self.session_id is None)
    @rule(trouble=TROUBLE, most=st.integers(1, 4))
    def start(self, trouble: Trouble, most: int) -> None:
        message = {"type": "start_interview", "subject_id": "physics_101", "max_questions": most}
        self.send(self.tab, message | {"request_id": f"start-{self.tab}"}, trouble)

    @precondition(lambda self: self.session_id is not None)
    @rule(trouble=TROUBLE, is_new_tab=st.booleans(), is_token_lost=st.booleans())
    def resume_it(self, trouble: Trouble, is_new_tab: bool, is_token_lost: bool) -> None:
        if is_new_tab:
            self.connect()
        self.resume(trouble, is_token_lost=is_token_lost)

    def resume(self, trouble: Trouble, *, is_token_lost: bool) -> None:
        """Resume with the token, or with the one from the list of interviews."""
        token = self.token
        if token is None or is_token_lost:
            listed = self.world.user("ada").get("/api/interviews").body["items"]
            tokens = {one["session_id"]: one["resume_token"] for one in listed}
            token = tokens[self.session_id] or "the interview is over"
        message = {"type": "resume_interview", "session_id": self.session_id, "resume_token": token}
        self.send(self.tab, message, trouble)

    @rule(is_told=st.booleans())
    def lose_the_connection(self, is_told: bool) -> None:
        lost = self.tab
        self.world.adapters.gateway.drop(lost)
        if is_told:
            websocket.disconnect(self.world.services, {"requestContext": {"connectionId": lost}})
        self.connect()

    @precondition(lambda self: self.number)
    @rule(
        words=st.sampled_from(SAID),
        order=st.permutations(range(PARTS)).map(list) | st.lists(st.integers(0, PARTS - 1), max_size=5),
        is_numbered=st.booleans(),
        trouble=TROUBLE,
    )
    def speak(self, words: str, order: list[int], is_numbered: bool, trouble: Trouble) -> None:
        answer = self.answers.setdefault(self.number, Answer(self.number, words, is_spoken=True))
        if not answer.is_spoken:
            return
        for place, part in enumerate(order):
            is_last = place == len(order) - 1
            self.send_part(answer, part, is_numbered, trouble if is_last else Trouble())

    @precondition(lambda self: self.number in self.answers)
    @rule(says_so=st.booleans(), trouble=TROUBLE, part=st.integers(0, PARTS - 1))
    def try_again(self, says_so: bool, trouble: Trouble, part: int) -> None:
        """Begin another recording in place of the one that is being sent. Late parts of the first one still arrive.

        If the server may not have got a part of the second recording, no late part completes the first one: it would
        then rightly count as the answer.
        """
        answer = self.answers[self.number]
        if not answer.is_spoken or not answer.sent or len(answer.sent) == PARTS:
            return
        given_up = replace(answer, sent=set())
        is_completed = len(answer.sent | {part}) == PARTS
        if says_so:
            message = {"type": "discard_recording", "recording_id": given_up.recording_id}
            self.send(self.tab, message, trouble)
        answer.tries += 1
        answer.sent = set()
        self.send_part(answer, 0, True, Trouble() if says_so else trouble)
        if says_so or trouble.at is None or not is_completed:
            self.send_part(given_up, part, True, Trouble())

    @precondition(lambda self: any(answer.sent for answer in self.answers.values()))
    @rule(data=st.data(), part=st.integers(0, PARTS - 1))
    def repeat_an_old_part(self, data: st.DataObject, part: int) -> None:
        spoken = [one for one in self.answers.values() if one.is_spoken and part in one.sent]
        if spoken:
            self.send_part(data.draw(st.sampled_from(spoken)), part, True, Trouble())

    def send_part(self, answer: Answer, part: int, is_numbered: bool, trouble: Trouble) -> None:
        answer.sent.add(part)
        message = {
            "type": "audio_chunk",
            "audio_data": base64.b64encode(answer.parts()[part]).decode(),
            "sequence": part,
            "is_final": part == PARTS - 1,
            "media_format": "ogg",
            "recording_id": answer.recording_id,
        }
        told = {"question_number": answer.number} if is_numbered else {}
        self.send(self.tab, message | told, trouble)

    @precondition(lambda self: self.number)
    @rule(words=st.sampled_from(SAID), is_numbered=st.booleans(), trouble=TROUBLE)
    def write(self, words: str, is_numbered: bool, trouble: Trouble) -> None:
        answer = self.answers.setdefault(self.number, Answer(self.number, words, is_spoken=False))
        if answer.is_spoken:
            return
        message = {"type": "text_answer", "text": answer.words, "request_id": f"answer-{answer.number}"}
        told = {"question_number": answer.number} if is_numbered else {}
        self.send(self.tab, message | told, trouble)
        turn = self.turn(answer.number)
        answer.is_acknowledged |= turn is not None and turn.answered_at is not None

    @precondition(lambda self: self.number > 1)
    @rule(trouble=TROUBLE)
    def end(self, trouble: Trouble) -> None:
        self.send(self.tab, {"type": "end_interview"}, trouble)

    # What the world does

    @precondition(lambda self: any(self.world.adapters.objects.keys("transcripts/")))
    @rule(trouble=TROUBLE, times=st.integers(1, 2))
    def tell_of_transcripts(self, trouble: Trouble, times: int) -> None:
        keys = [key for key in self.world.adapters.objects.keys("transcripts/") for _ in range(times)]
        records = [{"s3": {"object": {"key": key}}} for key in reversed(keys)]
        self.do(lambda services: events.transcript_created(services, {"Records": records}), trouble)

    @rule(seconds=st.sampled_from([1, 30, 95, 400]), trouble=TROUBLE)
    def wait_and_sweep(self, seconds: int, trouble: Trouble) -> None:
        self.world.adapters.clock.advance(seconds)
        self.do(events.schedule_struck, trouble)

    @rule(role=st.sampled_from(["interview", "analysis", None]))
    def let_the_agent_fail(self, role: str | None) -> None:
        """Let the agent fail in one of its roles, or in none."""

        def failing(task: Task) -> Any:
            return Unavailable("agent", "down") if task.role == role else by_the_book(task)

        self.world.adapters.agent.otherwise = failing

    # What must hold

    def sessions(self) -> list[Interview]:
        return list(self.world.services.interviews.page("ada", limit=100, cursor=None).items)

    def turns(self) -> list[InterviewTurn]:
        if self.session_id is None:
            return []
        return self.world.services.interviews.turns(
            self.world.services.interviews.get("ada", self.session_id)
        )

    def turn(self, number: int) -> InterviewTurn | None:
        return next((turn for turn in self.turns() if turn.question_number == number), None)

    @invariant()
    def turns_scores_and_evidence_are_right(self) -> None:
        turns = self.turns()
        self.turns_stand_in_order_and_hold_what_was_said(turns)
        for turn in turns:
            if turn.analysis is not None:
                assert turn.analysis.overall == deserved(turn.asked, turn.transcription or "")
        self.evidence_is_of_judged_turns_and_of_each_once(turns)

    def turns_stand_in_order_and_hold_what_was_said(self, turns: list[InterviewTurn]) -> None:
        assert [turn.question_number for turn in turns] == list(range(1, len(turns) + 1))
        for interview in self.sessions():
            if interview.session_id == self.session_id:
                assert interview.questions_asked == len(turns)
        for turn in turns:
            assert self.shown.setdefault(turn.question_number, turn.asked.question) == turn.asked.question
        for turn in turns[:-1]:
            assert turn.answered_at is not None
        for turn in turns:
            if turn.transcription is not None:
                assert turn.transcription == self.answers[turn.question_number].heard

    def evidence_is_of_judged_turns_and_of_each_once(self, turns: list[InterviewTurn]) -> None:
        ledger = Ledger(self.world.adapters.key_values)
        shown = [one for subject in ledger.subjects_of("ada") for one in ledger.evidence("ada", subject)]
        scores = [turn.analysis.overall / 100 for turn in turns if turn.analysis is not None]
        assert sorted(one.score for one in shown) == sorted(scores)
        assert len({one.evidence_id for one in shown}) == len(shown)

    def teardown(self) -> None:
        """The faults stop. Events are sent and the sweeper runs until no work is left.

        A recording whose worker died right after it acknowledged the last part is found when its question has been
        open for half an hour.
        """
        self.world.adapters.agent.otherwise = by_the_book
        self.settle()
        if any(interview.state == "answering" for interview in self.sessions()):
            self.world.adapters.clock.advance(IDLE_SECONDS)
            self.settle()
        self.turns_scores_and_evidence_are_right()
        for number, answer in self.answers.items():
            if answer.is_acknowledged:
                turn = self.turn(number)
                assert turn is not None
                assert turn.transcription == answer.heard

    def settle(self) -> None:
        for _ in range(8):
            keys = list(self.world.adapters.objects.keys("transcripts/"))
            records = [{"s3": {"object": {"key": key}}} for key in keys]
            events.transcript_created(self.world.services, {"Records": records})
            self.sweep()
        self.listen()
        for interview in self.sessions():
            assert interview.state in ("asked", "answering", "ended"), interview
            if not interview.is_open:
                assert interview.sweep_at is None
                assert [
                    key for key in self.world.adapters.objects.keys("") if interview.session_id in key
                ] == []


JUDGING = Judging(ScriptedGrammar(), HashingEmbedder())


@cache
def deserved(asked: InterviewQuestion, said: str) -> float:
    """The score of this answer to the question, computed independently."""
    relevant = JUDGING.relevant_part(asked, said)
    if not relevant:
        return 0.0
    facts = [fact.statement for fact in asked.facts]
    task = judge(asked.question, facts, asked.passage.text, relevant)
    judgement = JUDGING.judged(analysis(task), asked, relevant, said)
    assert judgement is not None
    assert judgement.analysis is not None
    return judgement.analysis.overall


@pytest.mark.parametrize("at", range(1, 15))
def test_a_start_that_comes_twice_begins_one_interview_that_stays(at: int) -> None:
    """A second start arrives at each call to a port that the first start makes."""
    machine = Interviews()
    machine.begin(is_clean=False, trouble=Trouble(at, "again"), most=1)
    assert [one.session_id for one in machine.sessions()] == [machine.session_id]
    machine.teardown()


@pytest.mark.parametrize("at", range(1, 15))
def test_a_start_that_comes_twice_and_cannot_ask_leaves_no_interview(at: int) -> None:
    machine = Interviews()
    machine.begin(is_clean=False, trouble=Trouble(1, "crash"), most=1)
    machine.let_the_agent_fail(role="interview")
    machine.start(trouble=Trouble(at, "again"), most=1)
    assert machine.sessions() == []
    assert machine.session_id is None
    machine.teardown()


@pytest.mark.parametrize("at", range(1, MOST_CALLS))
def test_two_workers_judge_the_same_answer(at: int) -> None:
    """At each call of one worker, whose lease has ended, another worker judges the answer."""
    machine = Interviews()
    machine.begin(is_clean=True, trouble=Trouble(), most=3)
    machine.speak(SAID[0], list(range(PARTS)), is_numbered=True, trouble=Trouble())
    machine.tell_of_transcripts(trouble=Trouble(at, "sweep"), times=1)
    machine.turns_scores_and_evidence_are_right()
    machine.teardown()


class TestInterviews(Interviews.TestCase):  # type: ignore[valid-type, misc]
    settings = settings(max_examples=50, stateful_step_count=16)


@pytest.mark.slow
class TestManyInterviews(Interviews.TestCase):  # type: ignore[valid-type, misc]
    settings = settings(max_examples=2000, stateful_step_count=24)
