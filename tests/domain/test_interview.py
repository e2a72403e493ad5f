"""The states of an interview: what each transition changes, and how long it holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.documents.passage import Passage
from domain.interviews.interview import (
    Analysis,
    Interview,
    InterviewQuestion,
    InterviewTurn,
    RecordingId,
    RubricFact,
    interview_id,
    interview_prefix,
    parse_job_id,
    parse_transcript_key,
)
from domain.interviews.interview_words import InterviewState

NOW = datetime(2026, 9, 14, 8, 0, tzinfo=UTC)
TEXT = "2026-09-14T08:00:00.000Z"
EARLIER = "2026-09-14T07:50:00.000Z"
IN_HALF_AN_HOUR = "2026-09-14T08:30:00.000Z"
IN_A_LEASE = "2026-09-14T08:01:30.000Z"

PASSAGE = Passage("f1", "notes.txt", None, 0, 1, 0, 6, "Motion", 1.0)
QUESTION = InterviewQuestion("What moves?", "motion", (RubricFact("Bodies move.", "Motion"),), PASSAGE)
OTHER = replace(QUESTION, question="What rests?")
SESSION = interview_id("ada", "x1")


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def interview(**told: Any) -> Interview:
    """An interview in which every field differs from a new one's."""
    begun = Interview(
        session_id=SESSION,
        user_id="ada",
        language="en-US",
        state="analysing",
        started_at=EARLIER,
        topic="motion",
        subject_id="physics_101",
        max_questions=4,
        questions_asked=2,
        connection_id="c1",
        started_by="r1",
        resume_digest="d1",
        recording_number=2,
        media_format="wav",
        heard_since=EARLIER,
        answer="Bodies.",
        answered_by="r2",
        prepared=QUESTION,
        lease_id="w1",
        lease_until="2026-09-14T08:00:10.000Z",
        tries=3,
        sweep_at="2026-09-14T08:00:10.000Z",
        version=9,
    )
    return replace(begun, **told)


def analysed(overall: float, *, good: tuple[str, ...] = (), better: tuple[str, ...] = ()) -> Analysis:
    return Analysis(50.0, 60.0, 66.6, overall, good, better, ())


CLOSED = interview(answer=None, heard_since=None, media_format=None, lease_id=None, lease_until=None)


def test_a_lease_lasts_ninety_seconds() -> None:
    leased = interview().leased("w2", NOW)
    assert leased == interview(lease_id="w2", lease_until=IN_A_LEASE, sweep_at=IN_A_LEASE)
    assert leased.is_leased(later(89.999))
    assert not leased.is_leased(later(90))
    assert not interview(lease_until=None).is_leased(NOW)


def test_a_question_that_could_not_be_made_is_tried_again_after_twenty_seconds() -> None:
    assert interview().asking(NOW) == interview(
        state="asking",
        answer=None,
        tries=4,
        sweep_at="2026-09-14T08:00:20.000Z",
        lease_id=None,
        lease_until=None,
    )


def test_the_next_question_is_open_for_half_an_hour_and_waits_for_its_first_recording() -> None:
    assert interview().asked(NOW, prepared=OTHER) == replace(
        CLOSED,
        state="asked",
        sweep_at=IN_HALF_AN_HOUR,
        questions_asked=3,
        recording_number=1,
        prepared=OTHER,
        tries=0,
    )
    assert interview().asked(NOW, prepared=None).prepared is None


def test_a_question_that_is_asked_again_keeps_its_number_and_waits_for_another_recording() -> None:
    assert interview().asked_again(NOW) == replace(
        CLOSED, state="asked", sweep_at=IN_HALF_AN_HOUR, recording_number=3
    )


def test_a_recording_that_is_being_sent_keeps_the_question_open_for_half_an_hour() -> None:
    assert interview().answering("ogg", NOW) == replace(
        CLOSED, state="answering", sweep_at=IN_HALF_AN_HOUR, media_format="ogg"
    )


def test_a_transcript_is_looked_for_after_a_minute_and_its_waiting_time_is_counted_from_the_start() -> None:
    in_a_minute = "2026-09-14T08:01:00.000Z"
    recorded = interview(state="answering", heard_since=None)
    hearing = recorded.awaiting_transcript(NOW)
    assert hearing == interview(heard_since=TEXT, sweep_at=in_a_minute)
    assert interview(state="answering").awaiting_transcript(NOW).heard_since == EARLIER


def test_an_answer_is_judged_under_a_lease() -> None:
    judging = interview(state="answering", answer=None).judging("Forces.", "w2", NOW, by="r3")
    assert judging == interview(
        answer="Forces.",
        heard_since=None,
        answered_by="r3",
        lease_id="w2",
        lease_until=IN_A_LEASE,
        sweep_at=IN_A_LEASE,
    )
    assert interview().judging("Forces.", "w2", NOW).answered_by is None


def test_the_session_keeps_nothing_of_an_answer_that_is_closed() -> None:
    assert interview().with_answer_closed() == CLOSED


def test_the_overall_score_is_the_mean_of_the_scores() -> None:
    turns = [
        InterviewTurn(
            1, QUESTION, "Bodies.", analysed(80, good=("Clear.",), better=("Say more.", "Slower."))
        ),
        InterviewTurn(2, QUESTION, "Forces."),
        InterviewTurn(3, QUESTION, "Mass.", analysed(45.5, good=("Clear.", "Short."), better=("Be exact.",))),
        InterviewTurn(4, QUESTION, "Mass.", analysed(45.6, better=("1.", "2.", "3."))),
    ]
    assert [turn.score for turn in turns] == [80, None, 45.5, 45.6]
    assert interview(is_ending=True).ended(turns, NOW) == replace(
        CLOSED,
        state="ended",
        ended_at=TEXT,
        overall_score=57.0,
        strengths=("Clear.", "Short."),
        improvements=("Say more.", "Slower.", "Be exact.", "1.", "2."),
        prepared=None,
        is_ending=False,
        sweep_at=TEXT,
    )


def test_without_scores_there_is_no_overall_score() -> None:
    assert interview().ended([InterviewTurn(1, QUESTION)], NOW).overall_score is None


@pytest.mark.parametrize("state", ["asking", "asked", "answering", "analysing", "ended"])
def test_an_interview_is_open_until_it_ends_and_waits_for_a_transcript_until_the_answer_is_known(
    state: InterviewState,
) -> None:
    assert interview(state=state).is_open is (state != "ended")
    assert interview(state=state, answer=None).awaits_transcript is (state == "analysing")
    assert not interview(state=state).awaits_transcript


def test_a_question_is_made_ahead_if_one_may_be_asked_and_none_is_prepared() -> None:
    assert interview(prepared=None, questions_asked=3).wants_a_question
    assert not interview(prepared=None, questions_asked=4).wants_a_question
    assert not interview(questions_asked=3).wants_a_question
    assert not interview(prepared=None, is_ending=True).wants_a_question


def test_the_time_of_an_interview_is_over_after_an_hour() -> None:
    begun = interview(started_at=TEXT)
    assert not begun.is_over_time(later(3599.999))
    assert begun.is_over_time(later(3600))


@pytest.mark.parametrize(
    ("state", "can_be_idle"),
    [("asking", False), ("asked", True), ("answering", True), ("analysing", False), ("ended", False)],
)
def test_an_interview_is_idle_if_its_question_was_open_for_too_long(
    state: InterviewState, can_be_idle: bool
) -> None:
    assert interview(state=state, sweep_at=TEXT).is_idle(NOW) is can_be_idle
    assert not interview(state=state, sweep_at="2026-09-14T08:00:00.001Z").is_idle(NOW)
    assert interview(state=state, sweep_at=None).is_idle(NOW) is can_be_idle


def test_object_keys_and_jobs_are_named_by_session_question_and_recording() -> None:
    recording = interview().recording
    assert recording == RecordingId(SESSION, 2, 2)
    assert recording.job_id == f"{SESSION}.2.2"
    assert recording.prefixes == (f"voice-interviews/{SESSION}/2.2.", f"transcripts/{SESSION}/2.2.")
    assert recording.part_key(7, "abc") == f"voice-interviews/{SESSION}/2.2.part-000007-abc"
    assert recording.recording_key("ogg") == f"voice-interviews/{SESSION}/2.2.ogg"
    assert recording.transcript_key == f"transcripts/{SESSION}/2.2.json"
    assert parse_transcript_key(recording.transcript_key) == recording
    assert parse_job_id(recording.job_id) == recording


def test_the_ids_of_a_learners_interviews_have_a_prefix_of_their_own() -> None:
    assert SESSION.startswith(interview_prefix("ada"))
    assert interview_prefix("ada") != interview_prefix("alan")
    assert interview_prefix("ada").startswith("interview-")
    assert SESSION.endswith("-x1")


@pytest.mark.parametrize("rest", ["0.1", "1.0", "01.1", "10000.1", "1.1000000", "1", "1.1.1", "a.1", ""])
def test_other_numbers_name_no_recording(rest: str) -> None:
    assert parse_job_id(f"{SESSION}.{rest}") is None
    assert parse_transcript_key(f"transcripts/{SESSION}/{rest}.json") is None


@pytest.mark.parametrize("session", ["interview-1-x", "s", f"{SESSION}/..", f"x{SESSION}", SESSION.upper()])
def test_other_session_ids_name_no_recording(session: str) -> None:
    assert parse_job_id(f"{session}.1.1") is None
    assert parse_transcript_key(f"transcripts/{session}/1.1.json") is None


def test_a_new_interview_may_have_five_questions_and_has_asked_none() -> None:
    new = Interview(SESSION, "ada", "en-US", "asking", TEXT)
    assert (new.max_questions, new.questions_asked, new.recording_number, new.tries, new.version) == (
        5,
        0,
        1,
        0,
        0,
    )
    assert not new.is_ending
    assert not InterviewQuestion("q", "c", (), PASSAGE).is_follow_up
