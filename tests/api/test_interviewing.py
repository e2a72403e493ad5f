"""Interviews over the WebSocket, from the first question to the summary."""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from chalicelib import events, websocket
from chalicelib.composition.services import Services
from domain.base.tables import ACTIVE_SESSIONS, INTERVIEW_SESSIONS
from ports.errors import Unavailable
from ports.transcriber import Transcript, UnreadableRecording
from tests.support.faults import AtCallOf, Crash, Faults, FaultyAdapters, Interrupted, worker
from tests.support.interviews import ANSWERS, QUESTIONS, begun, by_the_book, connected, prepared
from tests.support.socket_client import Socket
from tests.support.world import PHYSICS, User, World

SOUND = b"OggS" + bytes(range(256)) * 4


@pytest.fixture
def socket(world: World, ada: User) -> Socket:
    prepared(world, ada)
    return connected(world, ada)


def chunk(sound: bytes = SOUND, sequence: int = 0, **told: Any) -> dict[str, Any]:
    return {
        "type": "audio_chunk",
        "audio_data": base64.b64encode(sound).decode(),
        "sequence": sequence,
        "media_format": "ogg",
        **told,
    }


def swept_until_told(world: World, socket: Socket, *, every: int) -> tuple[list[dict[str, Any]], int]:
    """Run the sweeper every ``every`` seconds until something is pushed. Returns the pushes and the seconds."""
    for waited in range(every, 1801, every):
        world.adapters.clock.advance(every)
        world.sweep()
        if told := socket.take():
            return told, waited
    raise AssertionError("nothing was told in half an hour")


def heard(world: World, socket: Socket) -> list[dict[str, Any]]:
    """Send the events of all transcripts in the bucket. Returns what is pushed."""
    keys = list(world.adapters.objects.keys("transcripts/"))
    records = [{"s3": {"object": {"key": key}}} for key in keys]
    events.transcript_created(world.services, {"Records": records})
    return socket.take()


def say(world: World, socket: Socket, words: str | Exception, **told: Any) -> list[dict[str, Any]]:
    world.adapters.transcriber.enqueue(words)
    (received,) = socket.send(chunk(**{"sound": SOUND + str(words).encode()} | told))
    assert received["type"] == "audio_received", received
    return heard(world, socket)


def answer(socket: Socket, question: str, **told: Any) -> list[dict[str, Any]]:
    return socket.send({"type": "text_answer", "text": ANSWERS[question], **told})


def test_a_spoken_interview_runs_from_the_first_question_to_the_summary(
    world: World, ada: User, socket: Socket
) -> None:
    started = begun(socket, max_questions=2, request_id="r1")
    assert started["request_id"] == "r1"
    assert started["question_number"] == 1
    assert started["question"] == QUESTIONS[0]["question"]
    (first,) = say(world, socket, ANSWERS[started["question"]], request_id="r2")
    assert (first["type"], first["request_id"]) == ("response_processed", "r2")
    assert first["score"] == 100
    assert first["transcription"] == ANSWERS[started["question"]]
    assert first["analysis"]["evidence"] == ["The body stays at rest", "Or it moves uniformly"]
    assert (first["next_question"], first["question_number"]) == (QUESTIONS[1]["question"], 2)
    assert not first["interview_complete"]
    second, summary = say(world, socket, ANSWERS[first["next_question"]])
    assert (second["score"], second["interview_complete"], second["next_question"]) == (100, True, None)
    assert summary["type"] == "interview_summary"
    assert summary["overall_score"] == 100
    assert [turn["question_number"] for turn in summary["transcript"]] == [1, 2]
    assert {change["label"] for change in summary["mastery_changes"]} == {
        "Newton's first law",
        "Newton's second law",
    }
    assert all(change["after"] > change["before"] for change in summary["mastery_changes"])
    looked_up = ada.get(f"/api/interviews/{started['session_id']}").body
    assert looked_up["state"] == "ended"
    assert [turn["score"] for turn in looked_up["turns"]] == [100, 100]
    why = ada.get("/api/profile/concepts/Newton's second law?subject_id=physics_101").body
    assert [one["source"] for one in why["items"]] == ["interview"]
    assert [key for key in world.adapters.objects.keys("") if started["session_id"] in key] == []


def test_the_work_after_the_response_may_be_done_later_or_by_the_sweeper(
    world: World, ada: User, socket: Socket
) -> None:
    def pushed_before_the_rest(question: str) -> list[dict[str, Any]]:
        socket.send(chunk(b"OggS" + ANSWERS[question].encode()))
        keys = list(world.adapters.objects.keys("transcripts/"))
        records = [{"s3": {"object": {"key": key}}} for key in keys]
        events.transcript_created(world.services, {"Records": records}, later=rest.append)
        return socket.take()

    rest: list[Callable[[], None]] = []
    world.adapters.transcriber.enqueue(lambda sound: sound.removeprefix(b"OggS").decode())
    world.adapters.transcriber.enqueue(lambda sound: sound.removeprefix(b"OggS").decode())
    started = begun(socket, max_questions=2)
    (first,) = pushed_before_the_rest(started["question"])
    assert (first["type"], first["score"], len(rest)) == ("response_processed", 100, 1)
    markers = world.services.ledger.markers(ada.name, "physics_101")
    assert len(markers) == 1
    (second,) = pushed_before_the_rest(first["next_question"])
    assert (second["type"], second["interview_complete"]) == ("response_processed", True)
    rest.pop()()
    (summary,) = socket.take()
    assert (summary["type"], summary["overall_score"]) == ("interview_summary", 100)
    # The rest of the first answer is lost with its process.
    world.adapters.clock.advance(3600)
    world.sweep()
    assert world.services.ledger.markers(ada.name, "physics_101") == []
    assert [key for key in world.adapters.objects.keys("") if started["session_id"] in key] == []


def test_an_answer_in_text_is_judged_like_a_spoken_one(socket: Socket) -> None:
    started = begun(socket)
    (processed,) = answer(socket, started["question"], request_id="t1")
    assert (processed["type"], processed["score"], processed["request_id"]) == (
        "response_processed",
        100,
        "t1",
    )


def test_no_client_sees_the_rubric_before_the_question_is_answered(
    world: World, ada: User, socket: Socket
) -> None:
    canary = "stays at rest"
    started = begun(socket)
    looked_up = ada.get(f"/api/interviews/{started['session_id']}")
    exported = ada.get("/api/me/export").body["export"]["interviews"]
    assert all(canary not in str(told) for told in (started, looked_up.text, exported))
    answer(socket, started["question"])
    assert canary in str(ada.get("/api/me/export").body["export"]["interviews"])


def test_parts_of_an_answer_are_put_in_order(world: World, socket: Socket) -> None:
    begun(socket)
    pieces = [SOUND[:300], SOUND[300:600], SOUND[600:]]
    world.adapters.transcriber.enqueue(lambda sound: "In order." if sound == SOUND else UnreadableRecording())
    (third,) = socket.send(chunk(pieces[2], 2))
    (first,) = socket.send(chunk(pieces[0], 0, is_final=False))
    assert (third["received_through"], first["received_through"]) == (-1, 0)
    (again,) = socket.send(chunk(pieces[0], 0, is_final=False))
    assert again["received_through"] == 0
    (second,) = socket.send(chunk(pieces[1], 1, is_final=False))
    assert second["received_through"] == 2
    (processed,) = heard(world, socket)
    assert processed["transcription"] == "In order."
    assert len(world.adapters.transcriber.begun) == 1


def test_an_unfinished_answer_gets_a_partial_transcript(world: World, socket: Socket) -> None:
    world.adapters.transcriber.hears_partially = True
    begun(socket)
    _, partial = socket.send(chunk(b"OggS The body", 0, is_final=False))
    assert (partial["type"], partial["text"]) == ("transcription_partial", "OggS The body")
    assert partial["message"]


@pytest.mark.parametrize(
    ("words", "code"),
    [("", "no_speech"), (" … ", "no_speech"), ("?!", "no_speech")],
)
def test_a_question_is_asked_again_without_a_score_if_nothing_was_understood(
    world: World, ada: User, socket: Socket, words: str, code: str
) -> None:
    started = begun(socket)
    (told,) = say(world, socket, words)
    assert (told["type"], told["text"], told["code"]) == ("transcription_partial", "", code)
    assert (told["question"], told["question_number"]) == (started["question"], 1)
    (processed,) = say(world, socket, ANSWERS[started["question"]], sound=SOUND[:500])
    assert (processed["score"], processed["answered_question_number"]) == (100, 1)


def test_a_failed_transcription_is_reported_once_by_the_event_bus(world: World, socket: Socket) -> None:
    begun(socket)
    world.adapters.transcriber.enqueue(UnreadableRecording())
    socket.send(chunk())
    (job,) = (one.job_id for one in world.adapters.transcriber.begun)
    event = {"detail": {"TranscriptionJobName": job, "TranscriptionJobStatus": "FAILED"}}
    events.transcription_failed(world.services, event)
    events.transcription_failed(world.services, event)
    (told,) = socket.take()
    assert told["code"] == "unreadable_audio"


def test_a_transcript_may_say_that_the_recording_cannot_be_read() -> None:
    world = World()
    prepared(world, world.user("ada"))
    world.adapters.transcriber.tells_of_failures = True
    socket = connected(world, world.user("ada"))
    started = begun(socket)
    (told,) = say(world, socket, UnreadableRecording())
    assert (told["code"], told["question"]) == ("unreadable_audio", started["question"])


def test_a_transcript_whose_event_comes_twice_is_scored_once(world: World, ada: User, socket: Socket) -> None:
    started = begun(socket)
    world.adapters.transcriber.enqueue(ANSWERS[started["question"]])
    socket.send(chunk())
    keys = list(world.adapters.objects.keys("transcripts/"))
    record = {"s3": {"object": {"key": next(key for key in keys if key.endswith("1.1.json"))}}}
    events.transcript_created(world.services, {"Records": [record, record]})
    events.transcript_created(world.services, {"Records": [record]})
    assert [told["type"] for told in socket.take()] == ["response_processed"]
    assert ada.get("/api/profile").body["total_interactions"] == 1


def test_a_late_chunk_is_not_taken_for_the_next_answer(world: World, socket: Socket) -> None:
    started = begun(socket)
    say(world, socket, ANSWERS[started["question"]], sound=SOUND)
    received, again = socket.send(chunk())
    assert (received["received_through"], received["question_number"]) == (0, 1)
    assert (again["type"], again["answered_question_number"]) == ("response_processed", 1)
    (taken,) = socket.send(chunk(SOUND[:300], is_final=False))
    assert taken["question_number"] == 2


def test_an_answer_in_text_that_is_sent_twice_is_judged_once(world: World, socket: Socket) -> None:
    started = begun(socket)
    (first,) = answer(socket, started["question"], request_id="t1")
    (again,) = answer(socket, started["question"], request_id="t1")
    (by_number,) = answer(socket, started["question"], question_number=1)
    assert first == again
    assert by_number["answered_question_number"] == 1
    (other,) = answer(socket, first["next_question"], request_id="t2", question_number=2)
    assert other["answered_question_number"] == 2


def test_a_weak_answer_is_followed_up_on_what_it_left_out(world: World, socket: Socket) -> None:
    begun(socket)
    (weak,) = socket.send({"type": "text_answer", "text": "The body stays at rest."})
    assert weak["score"] == 50
    assert weak["next_question"] == weak["analysis"]["follow_up"]
    (better,) = socket.send({"type": "text_answer", "text": "It moves uniformly."})
    assert better["score"] == 100
    assert better["next_question"] == QUESTIONS[1]["question"]


def test_after_the_last_question_missing_facts_are_shown_and_not_asked_for(
    world: World, socket: Socket
) -> None:
    begun(socket, max_questions=1)
    weak = socket.send({"type": "text_answer", "text": "The body stays at rest."})[0]
    assert (weak["next_question"], weak["analysis"]["follow_up"]) == (None, None)
    assert [fact["fact"] for fact in weak["facts"]] == ["It stays at rest.", "Or it moves uniformly."]
    assert "Still missing: Or it moves uniformly. (notes.txt)" in weak["feedback"]


def test_the_facts_of_a_follow_up_are_shown_once_the_interview_has_ended(
    world: World, ada: User, socket: Socket
) -> None:
    path = f"/api/interviews/{begun(socket)['session_id']}"
    socket.send({"type": "text_answer", "text": "The body stays at rest."})
    assert [fact["fact"] for fact in ada.get(path).body["turns"][0]["facts"]] == ["It stays at rest.", None]
    socket.send({"type": "end_interview"})
    turn = ada.get(path).body["turns"][0]
    assert [fact["fact"] for fact in turn["facts"]] == ["It stays at rest.", "Or it moves uniformly."]
    assert "Still missing: Or it moves uniformly. (notes.txt)" in turn["analysis"]["feedback"]


def test_a_learner_who_does_not_know_gets_the_answer_and_no_follow_up(world: World, socket: Socket) -> None:
    begun(socket)
    (told,) = socket.send({"type": "text_answer", "text": "I do not know what happens to a body."})
    assert (told["score"], told["analysis"]["follow_up"]) == (0, None)
    assert told["feedback"].startswith("The answer is: It stays at rest. (notes.txt)")
    assert told["next_question"] == QUESTIONS[1]["question"]


def test_an_answer_that_cannot_be_judged_is_not_scored_and_the_interview_goes_on(
    world: World, ada: User, socket: Socket
) -> None:
    begun(socket)

    def refuse(task: Any) -> Any:
        return by_the_book(task) if task.role == "interview" else Unavailable("agent", "down")

    world.adapters.agent.otherwise = refuse
    (told,) = socket.send({"type": "text_answer", "text": "The body stays at rest."})
    assert (told["score"], told["analysis"], told["code"]) == (None, None, "not_scored")
    assert told["next_question"] == QUESTIONS[1]["question"]
    assert ada.get("/api/profile").body["total_interactions"] == 0


@pytest.mark.parametrize("reply", ["", "{}", '{"facts": []}', '{"facts": [{"number": 1}]}', "You get 100!"])
def test_a_reply_of_the_analyst_that_cannot_be_read_gives_no_score(
    world: World, socket: Socket, reply: str
) -> None:
    begun(socket)
    world.adapters.agent.otherwise = lambda task: by_the_book(task) if task.role == "interview" else reply
    (told,) = socket.send({"type": "text_answer", "text": "The body stays at rest."})
    assert (told["score"], told["code"]) == (None, "not_scored")


def test_a_question_that_cannot_be_made_is_tried_again_later(world: World, socket: Socket) -> None:
    begun(socket)

    def refuse(task: Any) -> Any:
        return by_the_book(task) if task.role == "analysis" else Unavailable("agent", "down")

    world.adapters.agent.otherwise = refuse
    (told,) = socket.send({"type": "text_answer", "text": ANSWERS[QUESTIONS[0]["question"]]})
    assert (told["score"], told["next_question"], told["interview_complete"]) == (100, None, False)
    (refused,) = socket.send({"type": "text_answer", "text": "Too soon."})
    assert refused["code"] == "question_not_ready"
    world.adapters.agent.otherwise = by_the_book
    world.adapters.clock.advance(30)
    world.sweep()
    (later,) = socket.take()
    assert (later["type"], later["question"]) == ("interview_resumed", QUESTIONS[1]["question"])


def test_an_interview_ends_after_six_failures_to_make_a_question(world: World, socket: Socket) -> None:
    begun(socket)
    tried: list[Any] = []

    def refuse(task: Any) -> Any:
        if task.role == "analysis":
            return by_the_book(task)
        tried.append(task)
        return Unavailable("agent", "down")

    world.adapters.agent.otherwise = refuse
    socket.send({"type": "text_answer", "text": ANSWERS[QUESTIONS[0]["question"]]})
    tried.clear()
    (summary,), waited = swept_until_told(world, socket, every=20)
    assert (summary["type"], summary["questions_asked"], summary["overall_score"]) == (
        "interview_summary",
        1,
        100,
    )
    assert (len(tried), waited) == (5, 120)  # the first try was at once


def test_a_dropped_connection_is_resumed_where_it_was(world: World, ada: User, socket: Socket) -> None:
    started = begun(socket)
    socket.send(chunk(SOUND[:300], is_final=False))
    socket.disconnect()
    other = connected(world, ada, "aGFpbkNvbm5lY3Q=")
    ours = {"session_id": started["session_id"], "resume_token": started["resume_token"]}
    (resumed,) = other.send({"type": "resume_interview", **ours, "request_id": "r"})
    assert (resumed["type"], resumed["request_id"]) == ("interview_resumed", "r")
    assert (resumed["question"], resumed["received_through"]) == (started["question"], 0)
    assert resumed["last_response"] is None
    world.adapters.transcriber.enqueue(ANSWERS[started["question"]])
    other.send(chunk(SOUND[300:], 1))
    (processed,) = heard(world, other)
    assert processed["score"] == 100
    (resumed,) = other.send({"type": "resume_interview", **ours})
    assert resumed["last_response"]["score"] == 100


def test_a_second_tab_takes_over_and_the_first_gets_an_error(world: World, ada: User, socket: Socket) -> None:
    started = begun(socket)
    second = connected(world, ada, "c2Vjb25kVGFiT2Y=")
    ours = {"session_id": started["session_id"], "resume_token": started["resume_token"]}
    second.send({"type": "resume_interview", **ours})
    (refused,) = socket.send(chunk())
    assert refused["code"] == "interview_elsewhere"
    socket.disconnect()
    (processed,) = say(world, second, ANSWERS[started["question"]])
    assert processed["score"] == 100


def test_another_users_interview_and_a_wrong_token_look_like_a_missing_interview(
    world: World, ada: User, socket: Socket
) -> None:
    started = begun(socket)
    alan = connected(world, world.user("alan"), "YWxhbnNDb25uZWM=")
    ours = {"session_id": started["session_id"], "resume_token": started["resume_token"]}
    tries = [
        alan.send({"type": "resume_interview", **ours}),
        socket.send({"type": "resume_interview", **ours | {"resume_token": "forged"}}),
        socket.send({"type": "resume_interview", **ours | {"session_id": "none"}}),
    ]
    assert all(told == tries[0] for told in tries)
    assert tries[0][0]["code"] == "interview_not_found"


def test_an_interview_ends_on_request_and_repeats_its_summary_on_request(
    world: World, socket: Socket
) -> None:
    started = begun(socket)
    answer(socket, started["question"])
    (summary,) = socket.send({"type": "end_interview", "request_id": "e"})
    assert (summary["type"], summary["overall_score"], summary["request_id"]) == (
        "interview_summary",
        100,
        "e",
    )
    (again,) = socket.send({"type": "end_session"})
    assert {**again, "request_id": "e"} == summary
    (late,) = socket.send({"type": "text_answer", "text": "One more thing."})
    assert late["code"] == "interview_ended"
    assert begun(socket)["session_id"] != started["session_id"]


def test_ending_during_a_transcription_loses_no_answer(world: World, socket: Socket) -> None:
    started = begun(socket)
    world.adapters.transcriber.enqueue(ANSWERS[started["question"]])
    socket.send(chunk())
    assert socket.send({"type": "end_interview"}) == []
    processed, summary = heard(world, socket)
    assert (processed["score"], processed["interview_complete"]) == (100, True)
    assert summary["overall_score"] == 100


def test_an_abandoned_interview_ends_by_itself(world: World, ada: User, socket: Socket) -> None:
    started = begun(socket)
    answer(socket, started["question"])
    world.adapters.clock.advance(1801)
    world.sweep()
    assert [told["type"] for told in socket.take()] == ["interview_summary"]
    assert ada.get(f"/api/interviews/{started['session_id']}").body["summary"]["overall_score"] == 100


def test_no_question_is_asked_after_an_hour(world: World, socket: Socket) -> None:
    started = begun(socket)
    question = started["question"]
    for _ in range(2):
        world.adapters.clock.advance(1700)
        (told,) = answer(socket, question)
        question = told["next_question"]
    world.adapters.clock.advance(300)
    renewed = connected(world, world.user("ada"), "cmVuZXdlZFRva2U=")  # the first token has ended
    resumed = {name: started[name] for name in ("session_id", "resume_token")}
    renewed.send({"type": "resume_interview", **resumed})
    last, summary = answer(renewed, question)
    assert (last["interview_complete"], last["score"], summary["questions_asked"]) == (True, 100, 3)


def test_a_connection_has_one_open_interview_at_most(world: World, socket: Socket) -> None:
    begun(socket)
    (refused,) = socket.send({"type": "start_interview"})
    assert refused["code"] == "interview_in_progress"


def test_one_of_two_simultaneous_starts_on_one_connection_is_refused() -> None:
    """The second comes before each write of the first."""
    start = {"type": "start_interview", "subject_id": "physics_101"}
    codes = set()
    for nth in itertools.count(1):
        world = World()
        ada = world.user("ada")
        prepared(world, ada)
        socket = connected(world, ada)
        told: list[Any] = []
        second = AtCallOf(method="put", nth=nth, happens=lambda: told.extend(socket.send(start)))  # noqa: B023
        websocket.receive(worker(world, second), socket.event(body=json.dumps(start), isBase64Encoded=False))
        if second.calls < nth:
            break
        told += socket.take()
        assert sorted(one["type"] for one in told) == ["error", "interview_started"]
        codes |= {one["code"] for one in told if one["type"] == "error"}
        assert len(ada.get("/api/interviews").body["items"]) == 1
    assert codes == {"connection_busy"}


def test_a_start_that_is_sent_twice_begins_one_interview(world: World, ada: User, socket: Socket) -> None:
    begun(socket, request_id="s1")
    (again,) = socket.send({"type": "start_interview", "subject_id": "physics_101", "request_id": "s1"})
    assert (again["type"], again["question"]) == ("interview_resumed", QUESTIONS[0]["question"])
    assert len(ada.get("/api/interviews").body["items"]) == 1


def test_a_repeated_start_does_not_take_the_interview_back_from_another_tab(
    world: World, ada: User, socket: Socket
) -> None:
    started = begun(socket, request_id="s1")
    tab = connected(world, ada, "dGhlT3RoZXJUYWI=")
    token = {"session_id": started["session_id"], "resume_token": started["resume_token"]}
    tab.send({"type": "resume_interview", **token})
    (again,) = socket.send({"type": "start_interview", "subject_id": "physics_101", "request_id": "s1"})
    assert again["code"] == "interview_elsewhere"
    assert len(ada.get("/api/interviews").body["items"]) == 1
    assert tab.send({"type": "text_answer", "text": "No."})[-1]["type"] == "response_processed"


def test_without_documents_no_interview_begins_and_nothing_is_charged(world: World) -> None:
    mary = connected(world, world.user("mary"), "bWFyeXNDb25uZWM=")
    (refused,) = mary.send({"type": "start_interview"})
    assert refused["code"] == "no_materials"
    assert world.adapters.key_values.items(INTERVIEW_SESSIONS) == []
    charged = [row["charges"] for row in world.adapters.key_values.items(ACTIVE_SESSIONS) if "charges" in row]
    assert charged == [{}]


def test_a_subject_that_is_not_the_learners_is_not_found(socket: Socket) -> None:
    (refused,) = socket.send({"type": "start_interview", "subject_id": "history_201"})
    assert refused["code"] == "subject_not_found"


def test_no_interview_begins_while_the_agent_is_down(world: World, ada: User, socket: Socket) -> None:
    world.adapters.agent.otherwise = lambda task: Unavailable("agent", "down")
    (refused,) = socket.send({"type": "start_interview", "subject_id": "physics_101"})
    assert refused["code"] == "agent_unavailable"
    assert ada.get("/api/interviews").body["items"] == []


def test_a_topic_that_no_document_is_about_is_refused(socket: Socket) -> None:
    (refused,) = socket.send({"type": "start_interview", "topic": "zebrafish embryology"})
    assert refused["code"] == "no_materials"


@pytest.mark.parametrize(
    "message",
    [
        {"type": "start_interview", "max_questions": 0},
        {"type": "start_interview", "max_questions": 16},
        {"type": "start_interview", "max_questions": 10**9},
        {"type": "start_interview", "topic": "x" * 201},
        {"type": "start_interview", "topic": "  "},
        {"type": "start_interview", "language": "english"},
        {"type": "start_interview", "user_id": "mary"},
        {"type": "audio_chunk", "audio_data": "", "sequence": 0, "media_format": "ogg"},
        {"type": "audio_chunk", "audio_data": "%%%", "sequence": 0, "media_format": "ogg"},
        {"type": "audio_chunk", "audio_data": "T2dnUw==", "sequence": -1, "media_format": "ogg"},
        {"type": "audio_chunk", "audio_data": "T2dnUw==", "sequence": 10**6, "media_format": "ogg"},
        {"type": "audio_chunk", "audio_data": "T2dnUw==", "sequence": 0, "media_format": "aiff"},
        {"type": "audio_chunk", "audio_data": "T2dnUw==", "sequence": 0},
        {"type": "text_answer", "text": "   "},
        {"type": "text_answer", "text": "x" * 8001},
        {"type": "text_answer", "text": "x", "score": 100},
        {"type": "text_answer", "text": "x", "question_number": 7},
        {"type": "resume_interview", "session_id": "a b", "resume_token": "x"},
        {"type": "end_interview", "score": 100},
    ],
)
def test_an_invalid_message_changes_nothing(world: World, socket: Socket, message: Any) -> None:
    if message["type"] != "start_interview":
        begun(socket)
    before = world.adapters.key_values.items(INTERVIEW_SESSIONS)
    (refused,) = socket.send(message)
    assert (refused["type"], refused["code"]) == ("error", "invalid_request")
    assert world.adapters.key_values.items(INTERVIEW_SESSIONS) == before
    assert world.adapters.transcriber.begun == []


@pytest.mark.parametrize("kind", ["audio_chunk", "text_answer", "end_interview"])
def test_an_answer_without_an_interview_is_refused(socket: Socket, kind: str) -> None:
    messages = {
        "audio_chunk": chunk(),
        "text_answer": {"type": "text_answer", "text": "x"},
        "end_interview": {"type": "end_interview"},
    }
    (refused,) = socket.send(messages[kind])
    assert refused["code"] == "no_interview"


def test_a_recording_must_have_the_format_that_it_claims(world: World, socket: Socket) -> None:
    begun(socket)
    (refused,) = socket.send(chunk(b"MZ this is a program"))
    assert refused["code"] == "type_mismatch"
    socket.send(chunk(is_final=False))
    (refused,) = socket.send(chunk(sequence=1, media_format="webm"))
    assert (refused["code"], refused["field"]) == ("invalid_request", "media_format")


def test_without_speech_recognition_a_recording_is_refused_and_text_is_taken(
    world: World, socket: Socket
) -> None:
    world.adapters.transcriber.formats = frozenset()
    started = begun(socket)
    (refused,) = socket.send(chunk())
    assert refused["code"] == "voice_unavailable"
    assert answer(socket, started["question"])[0]["score"] == 100


def test_a_recording_of_a_format_that_the_transcriber_does_not_read_is_refused(
    world: World, socket: Socket
) -> None:
    begun(socket)
    world.adapters.transcriber.formats = frozenset({"wav"})
    (refused,) = socket.send(chunk())
    assert (refused["code"], refused["field"]) == ("unsupported_media_format", "media_format")
    assert "wav" in refused["message"]


def test_a_language_that_the_transcriber_does_not_know_is_refused_at_the_start(
    world: World, socket: Socket
) -> None:
    world.adapters.transcriber.languages = frozenset({"en-US"})
    wish = {"type": "start_interview", "subject_id": "physics_101", "language": "de-DE"}
    (refused,) = socket.send(wish)
    assert (refused["code"], refused["field"]) == ("unsupported_language", "language")
    assert world.user("ada").get("/api/interviews").body["items"] == []
    begun(socket, language="en-US")


@pytest.mark.slow
def test_a_recording_over_the_limit_is_refused_and_the_question_stays_open(
    world: World, socket: Socket
) -> None:
    begun(socket)
    piece = b"OggS" + bytes(96_000)
    for sequence in range(600):
        (told,) = socket.send(chunk(piece, sequence, is_final=False))
        if told["type"] == "error":
            break
    assert told["code"] == "answer_too_long"
    assert list(world.adapters.objects.keys("voice-interviews/")) == []
    (received,) = socket.send(chunk(SOUND, 0, is_final=False))
    assert received["received_through"] == 0


def test_only_the_second_recording_of_a_learner_who_tries_again_counts(world: World, socket: Socket) -> None:
    begun(socket)
    socket.send(chunk(b"OggS The wrong", is_final=False, recording_id="one"))
    socket.send(chunk(b" words", 1, is_final=False, recording_id="one"))
    (received,) = socket.send(chunk(b"OggS The body ", is_final=False, recording_id="two"))
    assert (received["received_through"], received["recording_id"]) == (0, "two")
    (late,) = socket.send(chunk(b" at all", 2, recording_id="one"))
    assert late["code"] == "recording_discarded"
    socket.send(chunk(b"stays at rest", 1, recording_id="two"))
    (processed,) = heard(world, socket)
    assert processed["transcription"] == "OggS The body stays at rest"


def test_a_learner_without_recording_ids_tries_again_by_another_first_part(
    world: World, socket: Socket
) -> None:
    begun(socket)
    for sequence, words in enumerate([b"OggS The wrong", b" words", b" indeed"]):
        socket.send(chunk(words, sequence, is_final=False))
    (refused,) = socket.send(chunk(b"other", 1, is_final=False))
    assert refused["code"] == "part_conflict"
    socket.send(chunk(b"OggS The body ", is_final=False))
    socket.send(chunk(b"stays at rest", 1))
    (processed,) = heard(world, socket)
    assert processed["transcription"] == "OggS The body stays at rest"


def test_a_discarded_recording_leaves_nothing_and_the_question_is_open(world: World, socket: Socket) -> None:
    begun(socket)
    socket.send(chunk(b"OggS The wrong", is_final=False, recording_id="one"))
    discard = {"type": "discard_recording", "recording_id": "one", "request_id": "d"}
    for _ in range(2):
        (discarded,) = socket.send(discard)
        assert discarded == {
            "type": "recording_discarded",
            "recording_id": "one",
            "question_number": 1,
            "request_id": "d",
        }
    assert list(world.adapters.objects.keys("voice-interviews/")) == []
    socket.send(chunk(b"OggS The body stays at rest", recording_id="two"))
    assert heard(world, socket)[0]["transcription"] == "OggS The body stays at rest"


def test_a_refused_recording_leaves_nothing_and_its_later_parts_join_no_other(
    world: World, socket: Socket
) -> None:
    begun(socket)
    (refused,) = socket.send(chunk(b"\0\0\0\x1cftypiso5 this is mp4", is_final=False))
    assert refused["code"] == "type_mismatch"
    (late,) = socket.send(chunk(b"more of it", 1, is_final=False))
    assert late["code"] == "recording_discarded"
    assert list(world.adapters.objects.keys("voice-interviews/")) == []
    socket.send(chunk(b"OggS The body ", is_final=False))
    socket.send(chunk(b"stays at rest", 1))
    assert heard(world, socket)[0]["transcription"] == "OggS The body stays at rest"


def test_an_interview_whose_token_is_lost_is_resumed_by_the_token_of_the_list(
    world: World, ada: User, socket: Socket
) -> None:
    started = begun(socket)
    socket.disconnect()
    (listed,) = ada.get("/api/interviews").body["items"]
    assert listed["resume_token"] != started["resume_token"]
    again = connected(world, ada, "YWdhaW5hZ2FpbmE=")
    for token in (listed["resume_token"], started["resume_token"]):
        message = {"type": "resume_interview", "session_id": listed["session_id"], "resume_token": token}
        (resumed,) = again.send(message)
        assert (resumed["question"], resumed["resume_token"]) == (started["question"], listed["resume_token"])
    again.send({"type": "end_interview"})
    (ended,) = ada.get("/api/interviews").body["items"]
    assert ended["resume_token"] is None


def test_speech_in_another_language_is_asked_for_again_and_never_judged(world: World, socket: Socket) -> None:
    started = begun(socket)
    world.adapters.transcriber.enqueue(Transcript("The body of the net is four mines.", is_doubtful=True))
    (received,) = socket.send(chunk())
    assert received["type"] == "audio_received"
    (told,) = heard(world, socket)
    assert (told["code"], told["question"]) == ("unclear_speech", started["question"])
    socket.send(chunk(b"OggS The body stays at rest, again"))
    assert heard(world, socket)[0]["type"] == "response_processed"


class TestLimits:
    @pytest.fixture
    def world(self) -> World:
        limits = {
            "LYCEUM_INTERVIEWS_A_DAY": "2",
            "LYCEUM_AUDIO_MINUTES_A_DAY": "1",
            "LYCEUM_MAX_CONNECTIONS": "2",
        }
        return World(limits)

    def test_interviews_are_limited_per_day(self, world: World, socket: Socket) -> None:
        for _ in range(2):
            begun(socket)
            socket.send({"type": "end_interview"})
        asked = len(world.adapters.agent.tasks)
        (refused,) = socket.send({"type": "start_interview", "subject_id": "physics_101"})
        assert (refused["code"], refused["retry_after"] > 0) == ("daily_interviews_used", True)
        assert len(world.adapters.agent.tasks) == asked
        world.adapters.clock.advance(refused["retry_after"])
        assert begun(connected(world, world.user("ada"), "dG9tb3Jyb3dzT2Y="))

    def test_minutes_of_sound_are_limited_per_day(self, world: World, socket: Socket) -> None:
        started = begun(socket)
        long = b"OggS" + bytes(90_000)
        world.adapters.transcriber.enqueue(ANSWERS[started["question"]])
        socket.send(chunk(long, 0, is_final=False))
        socket.send(chunk(long, 1))
        heard(world, socket)
        (refused,) = socket.send(chunk(question_number=2))
        assert refused["code"] == "daily_audio_minutes_used"
        assert len(world.adapters.transcriber.begun) == 1
        assert socket.send({"type": "text_answer", "text": "In writing."})[0]["type"] == "response_processed"

    def test_connections_are_limited_at_a_time(self, world: World, ada: User, socket: Socket) -> None:
        third = str(ada.post("/api/ws-ticket").body["ticket"])
        second = connected(world, ada, "c2Vjb25kVGFiT2Y=")
        refused = ada.post("/api/ws-ticket")
        assert (refused.status, refused.code) == (429, "too_many_connections")
        assert refused.headers["Retry-After"]
        assert Socket(world, "dGhpcmRUYWJPZkE=").connect(third) == 429
        world.adapters.gateway.drop(second.connection_id)  # without a $disconnect event
        assert ada.post("/api/ws-ticket").status == 200


def test_a_start_that_is_sent_again_over_another_connection_begins_one_interview(
    world: World, ada: User, alan: User, socket: Socket
) -> None:
    wish = {"type": "start_interview", "subject_id": "physics_101", "start_id": "s1"}
    started = begun(socket, start_id="s1")
    other = connected(world, ada, "YW5vdGhlck9uZUE=")
    (refused,) = other.send(wish)
    assert refused["code"] == "interview_elsewhere"
    (known,) = ada.get("/api/interviews").body["items"]
    assert known["session_id"] == started["session_id"]
    assert world.services.budgets.spent("ada", "interviews", world.adapters.clock.now()) == 1
    ours = {"session_id": known["session_id"], "resume_token": known["resume_token"]}
    (resumed,) = other.send({"type": "resume_interview", **ours})
    assert resumed["question"] == started["question"]
    (again,) = other.send(wish)  # it is this connection's now
    assert again["session_id"] == started["session_id"]
    prepared(world, alan)
    (his,) = connected(world, alan, "YWxhbnNPd25Db24=").send(wish)
    assert his["session_id"] != started["session_id"]


def test_a_start_that_is_sent_again_after_a_crash_begins_one_interview() -> None:
    message = {"type": "start_interview", "subject_id": "physics_101", "request_id": "s1"}
    at, calls = -1, 0  # the first round is without a crash
    while at < calls:
        at += 1
        world = World()
        prepared(world, world.user("ada"))
        socket = connected(world, world.user("ada"))
        event = {"requestContext": {"connectionId": socket.connection_id}, "body": json.dumps(message)}
        dying = Faults(at=at, after_effect=True)
        try:
            websocket.receive(worker(world, dying), event)
        except Crash:
            pass
        calls = max(calls, dying.calls)
        told = socket.take() + socket.send(message)
        world.adapters.clock.advance(95)
        world.sweep()
        told += socket.take()
        rows = world.adapters.key_values.items(INTERVIEW_SESSIONS)
        assert len([row for row in rows if row["sort_key"] == "session"]) == 1, at
        assert len({one["session_id"] for one in told if "session_id" in one}) == 1, at
        assert world.services.budgets.spent("ada", "interviews", world.adapters.clock.now()) == 1
    assert calls > 8


def test_an_erasure_at_any_moment_while_an_answer_is_judged_leaves_nothing() -> None:
    at, calls = -1, 0  # the first round is without an erasure
    while at < calls:
        at += 1
        world = World()
        ada = world.user("ada")
        prepared(world, ada)
        socket = connected(world, ada)
        started = begun(socket)
        sent = {"type": "text_answer", "text": ANSWERS[started["question"]]}
        event = {"requestContext": {"connectionId": socket.connection_id}, "body": json.dumps(sent)}
        erasing = Interrupted(at=at, between=partial(ada.delete, "/api/me/data"))
        websocket.receive(worker(world, erasing), event)
        calls = max(calls, erasing.calls)
        ada.delete("/api/me/data")
        assert world.adapters.key_values.items(INTERVIEW_SESSIONS) == []
        assert [told for told in socket.take() if told.get("code") == "internal_error"] == []
    assert calls > 10


def test_an_erasure_removes_the_sound_too(world: World, ada: User, socket: Socket) -> None:
    started = begun(socket)
    socket.send(chunk(is_final=False))
    assert list(world.adapters.objects.keys("voice-interviews/")) != []
    ada.delete("/api/me/data")
    assert [key for key in world.adapters.objects.keys("") if "interview" in key] == []
    assert world.adapters.key_values.items(INTERVIEW_SESSIONS) == []
    world.adapters.objects.put(f"transcripts/{started['session_id']}/1.1.json", b"{}", "application/json")
    heard(world, socket)
    assert list(world.adapters.objects.keys("transcripts/")) == []


def test_a_transcript_whose_event_was_lost_is_found_by_the_sweeper(world: World, socket: Socket) -> None:
    started = begun(socket)
    world.adapters.transcriber.enqueue(ANSWERS[started["question"]])
    socket.send(chunk())
    world.adapters.clock.advance(61)
    world.sweep()
    (processed,) = socket.take()
    assert processed["score"] == 100


def left_by_a_dead_worker(world: World, socket: Socket, words: str) -> None:
    """The learner sends a whole recording. The worker dies when it has acknowledged it."""
    world.adapters.transcriber.enqueue(words)
    event = {"requestContext": {"connectionId": socket.connection_id}, "body": json.dumps(chunk())}
    dying = FaultyAdapters(world.adapters, Faults(at=1, after_effect=True), ("gateway",))
    with pytest.raises(Crash):
        websocket.receive(Services(world.settings, dying), event)
    (received,) = socket.take()
    assert (received["type"], received["received_through"]) == ("audio_received", 0)
    assert world.adapters.transcriber.begun == []


def test_a_recording_that_a_dead_worker_left_is_judged_when_the_learner_resumes(
    world: World, ada: User, socket: Socket
) -> None:
    started = begun(socket)
    left_by_a_dead_worker(world, socket, ANSWERS[started["question"]])
    token = {"session_id": started["session_id"], "resume_token": started["resume_token"]}
    (resumed,) = socket.send({"type": "resume_interview", **token})
    assert resumed["type"] == "interview_resumed"
    (processed,) = heard(world, socket)
    assert processed["score"] == 100


def test_a_complete_recording_that_a_dead_worker_left_is_judged_instead_of_a_text(
    world: World, socket: Socket
) -> None:
    started = begun(socket)
    left_by_a_dead_worker(world, socket, ANSWERS[started["question"]])
    (refused,) = socket.send({"type": "text_answer", "text": "In writing."})
    assert refused["code"] == "answer_being_processed"
    (processed,) = heard(world, socket)
    assert processed["transcription"] == ANSWERS[started["question"]]


def test_a_recording_that_a_dead_worker_left_is_judged_before_the_interview_ends(
    world: World, socket: Socket
) -> None:
    started = begun(socket)
    left_by_a_dead_worker(world, socket, ANSWERS[started["question"]])
    assert socket.send({"type": "end_interview"}) == []
    processed, summary = heard(world, socket)
    assert (processed["score"], summary["type"]) == (100, "interview_summary")


def test_a_recording_that_a_dead_worker_left_is_found_by_the_sweeper_after_half_an_hour(
    world: World, socket: Socket
) -> None:
    started = begun(socket)
    left_by_a_dead_worker(world, socket, ANSWERS[started["question"]])
    world.adapters.clock.advance(1799)
    world.sweep()
    assert world.adapters.transcriber.begun == []
    world.adapters.clock.advance(1)
    world.sweep()
    (processed,) = heard(world, socket)
    assert processed["score"] == 100


def test_an_answer_is_kept_while_the_transcriber_is_down(world: World, socket: Socket) -> None:
    started = begun(socket)
    world.adapters.transcriber.enqueue(Unavailable("transcriber", "down"))
    received, refused = socket.send(chunk())
    assert (received["received_through"], refused["code"]) == (0, "transcriber_unavailable")
    world.adapters.transcriber.enqueue(ANSWERS[started["question"]])
    world.adapters.clock.advance(61)
    world.sweep()
    (processed,) = heard(world, socket)
    assert processed["score"] == 100


def test_an_answer_whose_transcript_never_comes_is_closed_without_a_score(
    world: World, socket: Socket
) -> None:
    begun(socket)
    for _ in range(30):
        world.adapters.transcriber.enqueue(Unavailable("transcriber", "down"))
    socket.send(chunk())
    (processed,), waited = swept_until_told(world, socket, every=60)
    assert waited == 1200
    assert (processed["score"], processed["transcription"], processed["code"]) == (None, None, "not_scored")
    assert processed["next_question"] == QUESTIONS[1]["question"]


def test_an_interview_may_be_about_class_materials(world: World) -> None:
    world.user("grace").share("physics_101", "laws.txt", PHYSICS)
    world.adapters.agent.otherwise = by_the_book
    alan = connected(world, world.user("alan"), "YWxhbnNDb25uZWM=")
    assert begun(alan)["question"] == QUESTIONS[0]["question"]
