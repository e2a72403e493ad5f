"""The decisions of an interview: which session each event stores, and which effects follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.base.errors import Conflict, InvalidRequest, NotFound
from domain.documents.passage import Passage
from domain.interviews.decisions import (
    AcknowledgePart,
    ClearRecording,
    ClearSession,
    Decision,
    Discard,
    JudgeAnswer,
    LookForTranscript,
    OpenQuestion,
    PushAnswer,
    PushNotUnderstood,
    PushStanding,
    PushSummary,
    RefreshProgress,
    Refuse,
    Transcribe,
    TranscribeIfWhole,
    answer_judged,
    attached,
    check_takes_answer,
    cleared,
    continued,
    end_requested,
    given_up_unasked,
    next_question,
    nothing_understood,
    part_answered,
    processed,
    question_delayed,
    question_made,
    recording_discarded,
    recording_too_long,
    recording_whole,
    recording_with,
    standing,
    swept,
    taken_over,
    text_answered,
    transcript_missing,
    transcript_read,
)
from domain.interviews.interview import (
    Analysis,
    Interview,
    InterviewQuestion,
    InterviewTurn,
    RecordingId,
    RubricFact,
)
from domain.interviews.interview_words import InterviewState
from domain.interviews.messages import (
    AnswerProcessed,
    AudioPart,
    InterviewResumed,
    InterviewStarted,
    Push,
    RecordingDiscarded,
    WrittenAnswer,
)
from domain.interviews.recording import ReceivedPart

NOW = datetime(2026, 9, 14, 8, 0, tzinfo=UTC)
TEXT = "2026-09-14T08:00:00.000Z"
A_MOMENT_LATER = "2026-09-14T08:00:00.001Z"
EARLIER = "2026-09-14T07:50:00.000Z"
PASSAGE = Passage("f1", "notes.txt", None, 0, 1, 0, 6, "Motion", 1.0)
QUESTION = InterviewQuestion("What moves?", "motion", (RubricFact("Bodies move.", "Motion"),), PASSAGE)
OTHER = replace(QUESTION, question="What rests?")
JUDGED = Analysis(100.0, 100.0, 100.0, 80.0, ("Clear.",), (), ())
ANSWERED = InterviewTurn(1, QUESTION, "Bodies.", JUDGED, EARLIER)
OPEN = InterviewTurn(2, OTHER)
PARTS = (ReceivedPart(0, False, "d0", 10), ReceivedPart(1, True, "d1", 10))
SOME_PARTS = PARTS[:1]
ENDED = (PushSummary(), ClearSession())


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def interview(state: InterviewState = "asked", **told: Any) -> Interview:
    """An interview of ada's on the connection c1, whose second question is open."""
    begun = Interview(
        session_id="s1",
        user_id="ada",
        language="en-US",
        state=state,
        started_at=EARLIER,
        questions_asked=2,
        connection_id="c1",
        sweep_at="2026-09-14T08:20:00.000Z",
        version=7,
    )
    return replace(begun, **told)


def recorded(**told: Any) -> Interview:
    """A recording is being sent."""
    return interview("answering", media_format="ogg", **told)


def heard(**told: Any) -> Interview:
    """The transcriber has just got the recording of request r1."""
    return interview("analysing", **{"media_format": "ogg", "heard_since": TEXT, "answered_by": "r1", **told})


def leased(**told: Any) -> Interview:
    """Worker w1 judges an answer."""
    return interview("analysing", **{"answer": "Bodies.", "lease_id": "w1", "lease_until": TEXT, **told})


def asking(**told: Any) -> Interview:
    """Worker w1 makes the third question."""
    return interview("asking", **{"lease_id": "w1", "lease_until": TEXT, **told})


RECORDING = interview().recording


# The learner's messages


def test_a_connection_has_the_interview_that_was_started_or_resumed_on_it() -> None:
    assert attached(interview(), "c1") == interview()
    with pytest.raises(Conflict) as refused:
        attached(None, "c1")
    assert refused.value.code == "no_interview"
    with pytest.raises(Conflict) as refused:
        attached(interview(), "c2")
    assert refused.value.code == "interview_elsewhere"


def test_pushes_go_to_the_connection_that_resumed_the_interview() -> None:
    assert taken_over(interview(), "c2", "r1", "w1", NOW) == Decision(
        interview(connection_id="c2"), (PushStanding("r1"),)
    )
    with pytest.raises(NotFound):
        taken_over(None, "c2", "r1", "w1", NOW)


def test_resuming_starts_the_work_that_a_dead_worker_left() -> None:
    assert continued(recorded(), "r1", "w2", NOW) == Decision(
        recorded(), (PushStanding("r1"), TranscribeIfWhole())
    )
    assert continued(asking(), "r1", "w2", NOW) == Decision(
        asking().leased("w2", NOW), (PushStanding("r1"), OpenQuestion())
    )
    assert continued(asking(lease_until=A_MOMENT_LATER), "r1", "w2", NOW) == Decision(
        asking(lease_until=A_MOMENT_LATER), (PushStanding("r1"),)
    )
    for state in ("analysing", "ended"):
        assert continued(interview(state), None, "w2", NOW) == Decision(
            interview(state), (PushStanding(None),)
        )


def answered(found: Interview, text: str = "Bodies.", number: int | None = None, **told: Any) -> Decision:
    given: dict[str, Any] = {
        "request_id": "r2",
        "parts": (),
        "turns": (),
        "lease_id": "w2",
        "now": NOW,
    } | told
    return text_answered(found, WrittenAnswer(text, number), **given)


def test_an_answer_in_text_is_judged_by_one_worker() -> None:
    for state in ("asked", "answering"):
        for number in (None, 2):
            assert answered(interview(state), number=number, parts=SOME_PARTS) == Decision(
                interview(state).judging("Bodies.", "w2", NOW, by="r2"), (JudgeAnswer(),)
            )


def test_an_answer_to_an_earlier_question_is_answered_as_it_was() -> None:
    for state in ("asked", "analysing", "asking", "ended"):
        assert answered(interview(state), number=1) == Decision(interview(state), (PushAnswer(1, "r2"),))


def test_a_repeated_answer_is_judged_once() -> None:
    judging = leased(answered_by="r2")
    assert answered(judging, "Bodies.") == Decision(judging)
    judged = interview(answered_by="r2")
    assert answered(judged, "Bodies.", turns=[ANSWERED, OPEN]) == Decision(judged, (PushAnswer(1, "r2"),))
    for turns in ([ANSWERED, OPEN], []):
        assert answered(judged, "Planets.", turns=turns).effects == (JudgeAnswer(),)
    assert answered(judged, "Bodies.", request_id="r3", turns=[ANSWERED, OPEN]).effects == (JudgeAnswer(),)


def test_answers_without_request_ids_are_never_taken_for_repeated_ones() -> None:
    unnamed = interview(answered_by=None)
    decision = answered(unnamed, "Bodies.", request_id=None, turns=[ANSWERED, OPEN])
    assert decision.effects == (JudgeAnswer(),)


def test_a_complete_recording_is_judged_instead_of_a_text() -> None:
    assert answered(recorded(), parts=PARTS) == Decision(
        recorded().awaiting_transcript(NOW), (Transcribe(PARTS),)
    )


@pytest.mark.parametrize(
    ("found", "number", "code", "retry_after"),
    [
        (interview(), 1, "question_answered", None),
        (interview("ended"), None, "interview_ended", None),
        (interview("analysing"), None, "answer_being_processed", 2),
        (interview("asking"), 2, "question_not_ready", 2),
    ],
)
def test_no_answer_is_taken_if_its_question_is_not_open(
    found: Interview, number: int | None, code: str, retry_after: int | None
) -> None:
    with pytest.raises(Conflict) as refused:
        check_takes_answer(found, number)
    assert (refused.value.code, refused.value.retry_after) == (code, retry_after)
    if number != 1:
        with pytest.raises(Conflict):
            answered(found, number=number)


def test_a_question_that_was_not_asked_yet_takes_no_answer() -> None:
    with pytest.raises(InvalidRequest) as refused:
        check_takes_answer(interview(), 3)
    assert refused.value.field == "question_number"


def test_an_open_question_takes_an_answer() -> None:
    for found in (interview(), recorded()):
        check_takes_answer(found, None)
        check_takes_answer(found, 2)


def audio(sequence: int = 0, sound: bytes = b"OggS") -> AudioPart:
    return AudioPart(sound, sequence, False, "ogg")


def test_the_first_part_begins_a_recording() -> None:
    assert part_answered(interview(), audio(), PARTS[0], None, "r1", NOW) == Decision(
        interview().answering("ogg", NOW), (AcknowledgePart(RECORDING, "r1"),), part=PARTS[0]
    )


def test_a_further_part_leaves_the_session_as_it_is() -> None:
    assert part_answered(recorded(), audio(1, b"more"), PARTS[1], None, "r1", NOW) == Decision(
        recorded(), (AcknowledgePart(RECORDING, "r1"),), part=PARTS[1]
    )


def test_a_part_must_be_of_the_recordings_format() -> None:
    with pytest.raises(InvalidRequest) as refused:
        part_answered(interview("answering", media_format="wav"), audio(1), PARTS[1], None, "r1", NOW)
    assert refused.value.field == "media_format"


def test_a_recording_that_is_not_of_its_format_leaves_nothing_behind() -> None:
    bad = audio(0, b"RIFF")
    fresh = part_answered(interview(), bad, PARTS[0], None, "r1", NOW)
    assert fresh.part is None
    assert fresh.interview == interview().without_try("")
    begun = part_answered(recorded(), bad, PARTS[0], None, "r1", NOW)
    assert begun.interview == recorded().asked_again(NOW).without_try("")
    assert begun.effects[0] == ClearRecording(RECORDING)
    for decision in (fresh, begun):
        (refusal,) = (effect for effect in decision.effects if isinstance(effect, Refuse))
        assert (refusal.error.code, refusal.error.field) == ("type_mismatch", "media_format")
        with pytest.raises(Conflict) as late:
            part_answered(decision.interview, audio(1, b"more"), PARTS[1], None, "r1", NOW)
        assert late.value.code == "recording_discarded"
        again = part_answered(decision.interview, audio(), PARTS[0], None, "r1", NOW)
        assert again.interview.state == "answering"
        assert again.interview.discarded == ()


def test_a_part_of_another_recording_gives_up_the_one_that_was_being_sent() -> None:
    sending = interview().answering("ogg", NOW, try_id="one")
    part = replace(PARTS[1], recording_id="two")
    decision = part_answered(sending, audio(1, b"more"), part, None, "r1", NOW)
    assert (decision.interview.recording_number, decision.interview.try_id) == (2, "two")
    assert decision.effects == (
        ClearRecording(RECORDING),
        AcknowledgePart(decision.interview.recording, "r1"),
    )
    with pytest.raises(Conflict) as late:
        late_part = replace(PARTS[1], recording_id="one")
        part_answered(decision.interview, audio(1, b"more"), late_part, None, "r1", NOW)
    assert late.value.code == "recording_discarded"


def test_other_sound_under_the_number_of_a_part_is_refused_and_another_part_0_begins_again() -> None:
    other = replace(PARTS[1], digest="other")
    with pytest.raises(Conflict) as refused:
        part_answered(recorded(), audio(1, b"else"), other, PARTS[1], "r1", NOW)
    assert refused.value.code == "part_conflict"
    assert "discard_recording" in refused.value.message
    begins = replace(PARTS[0], digest="other")
    assert part_answered(recorded(), audio(), begins, PARTS[0], "r1", NOW).interview.recording_number == 2


def test_a_recording_is_discarded_until_it_is_whole() -> None:
    sending = interview().answering("ogg", NOW, try_id="one")
    decision = recording_discarded(sending, "one", "r1", NOW)
    assert decision.interview == sending.asked_again(NOW).without_try("one")
    assert decision.effects == (
        Push(sending.connection_id, RecordingDiscarded(2, "one"), "r1"),
        ClearRecording(RECORDING),
    )
    repeated = recording_discarded(decision.interview, "one", "r1", NOW)
    assert repeated.interview == decision.interview
    assert recording_discarded(sending, "", "r1", NOW).interview.state == "asked"
    assert recording_discarded(sending, "other", "r1", NOW).interview.state == "answering"
    with pytest.raises(Conflict) as whole:
        recording_discarded(sending.awaiting_transcript(NOW), "one", "r1", NOW)
    assert whole.value.code == "answer_being_processed"
    with pytest.raises(Conflict) as over:
        recording_discarded(interview("ended"), "one", "r1", NOW)
    assert over.value.code == "interview_ended"


def test_a_part_is_known_by_its_number_and_its_bytes() -> None:
    known = [(RecordingId("s1", 1, 1), PARTS[0]), (RecordingId("s1", 1, 2), PARTS[1])]
    assert recording_with(ReceivedPart(1, False, "d1", 99), known) == RecordingId("s1", 1, 2)
    assert recording_with(ReceivedPart(1, True, "d0", 10), known) is None
    assert recording_with(ReceivedPart(0, True, "d1", 10), known) is None


def test_parts_of_an_earlier_recording_delay_neither_a_text_nor_the_end() -> None:
    assert answered(interview(), parts=PARTS).effects == (JudgeAnswer(),)
    assert end_requested(interview(), "r1", PARTS, [], NOW).interview.state == "ended"


def test_an_interview_ends_at_once_if_no_answer_is_analysed() -> None:
    for found in (interview(), recorded(), asking()):
        turns = [ANSWERED, OPEN]
        assert end_requested(found, "r1", SOME_PARTS, turns, NOW) == Decision(
            found.ended(turns, NOW), (PushSummary("r1"), ClearSession())
        )


def test_an_interview_ends_after_the_answer_that_is_analysed() -> None:
    assert end_requested(heard(), "r1", (), (), NOW) == Decision(heard(is_ending=True))
    assert end_requested(leased(), "r1", (), (), NOW) == Decision(leased(is_ending=True))


def test_a_whole_recording_is_judged_before_the_interview_ends() -> None:
    ending = replace(recorded(is_ending=True).awaiting_transcript(NOW), answered_by="r1")
    assert end_requested(recorded(), "r1", PARTS, (), NOW) == Decision(ending, (Transcribe(PARTS),))


def test_an_interview_that_has_ended_tells_its_summary_again() -> None:
    assert end_requested(interview("ended"), "r1", (), (), NOW) == Decision(
        interview("ended"), (PushSummary("r1"),)
    )


# Recordings and their transcripts


def test_a_whole_recording_goes_to_the_transcriber() -> None:
    waiting = replace(recorded().awaiting_transcript(NOW), answered_by="r1")
    assert recording_whole(recorded(), RECORDING, PARTS, "r1", NOW) == Decision(waiting, (Transcribe(PARTS),))


@pytest.mark.parametrize("found", [None, interview(), heard(), recorded(recording_number=2)])
def test_a_recording_goes_to_the_transcriber_once(found: Interview | None) -> None:
    assert recording_whole(found, RECORDING, PARTS, "r1", NOW) is None
    assert recording_too_long(found, RECORDING, NOW) is None


def test_a_recording_that_is_too_long_leaves_the_question_open_and_no_sound() -> None:
    assert recording_too_long(recorded(), RECORDING, NOW) == Decision(
        recorded().asked_again(NOW).without_try(""), (ClearRecording(RECORDING),)
    )


def test_a_transcript_is_judged_in_the_name_of_the_message_that_completed_the_recording() -> None:
    assert transcript_read(heard(), RECORDING, "Bodies.", "w1", NOW) == Decision(
        heard().judging("Bodies.", "w1", NOW, by="r1"), (JudgeAnswer(),)
    )


@pytest.mark.parametrize(
    "found", [None, interview(), recorded(), leased(), heard(recording_number=2), heard(questions_asked=3)]
)
def test_a_transcript_counts_for_the_session_that_waits_for_it_alone(found: Interview | None) -> None:
    assert transcript_read(found, RECORDING, "Bodies.", "w1", NOW) is None
    assert nothing_understood(found, RECORDING, "no_speech", (), NOW) is None
    assert transcript_missing(found, RECORDING, PARTS, "w1", later(3600)) is None


def test_a_missing_transcript_is_made_again_once_a_minute() -> None:
    due = heard(sweep_at=TEXT)
    assert transcript_missing(due, RECORDING, PARTS, "w1", NOW) == Decision(
        due.awaiting_transcript(NOW), (Transcribe(PARTS),)
    )
    assert transcript_missing(heard(sweep_at=A_MOMENT_LATER), RECORDING, PARTS, "w1", NOW) is None


def test_after_twenty_minutes_an_answer_is_closed_without_a_transcript() -> None:
    due = heard(sweep_at=TEXT)
    closed = due.judging("", "w1", later(1200), by="r1")
    assert transcript_missing(due, RECORDING, PARTS, "w1", later(1200)) == Decision(closed, (JudgeAnswer(),))
    in_time = transcript_missing(due, RECORDING, PARTS, "w1", later(1199.999))
    assert in_time is not None
    assert in_time.effects == (Transcribe(PARTS),)
    since_the_start = transcript_missing(replace(due, heard_since=None), RECORDING, PARTS, "w1", later(600))
    assert since_the_start is not None
    assert since_the_start.effects == (JudgeAnswer(),)


def test_the_question_is_open_again_if_nothing_was_understood() -> None:
    assert nothing_understood(heard(), RECORDING, "no_speech", (), NOW) == Decision(
        heard().asked_again(NOW), (PushNotUnderstood("no_speech", "r1"), ClearRecording(RECORDING))
    )


def test_the_question_is_not_asked_again_after_the_wish_to_end() -> None:
    ending = heard(is_ending=True)
    assert nothing_understood(ending, RECORDING, "no_speech", [ANSWERED, OPEN], NOW) == Decision(
        ending.ended([ANSWERED, OPEN], NOW), ENDED
    )


# Questions and judgements


def made(
    found: Interview | None, *turns: InterviewTurn, question: InterviewQuestion | None = QUESTION
) -> Any:
    return question_made(found, "w1", turns, question, "token", "digest", NOW)


def test_the_first_question_comes_with_the_resume_token() -> None:
    new = asking(questions_asked=0, started_by="r1")
    opened = replace(new.asked(NOW, prepared=None), resume_digest="digest")
    started = InterviewStarted(opened, "What moves?", "token")
    assert made(new) == Decision(opened, (Push("c1", started, "r1"),), turns=(InterviewTurn(1, QUESTION),))


def test_a_late_question_is_pushed_with_the_state_of_the_interview() -> None:
    turns = [ANSWERED, replace(OPEN, answered_at=TEXT)]
    opened = asking().asked(NOW, prepared=None)
    following = InterviewTurn(3, QUESTION)
    push = Push("c1", standing(opened, [*turns, following], ()))
    assert made(asking(), *turns) == Decision(opened, (push,), turns=(following,))


def test_without_a_question_or_time_the_interview_ends() -> None:
    assert made(asking(), ANSWERED, question=None) == Decision(asking().ended([ANSWERED], NOW), ENDED)
    over = asking(started_at="2026-09-14T07:00:00.000Z")
    assert made(over, ANSWERED) == Decision(over.ended([ANSWERED], NOW), ENDED)


def test_a_question_that_could_not_be_made_is_tried_again() -> None:
    assert question_delayed(asking(), "w1", NOW) == Decision(asking().asking(NOW))


def judged(found: Interview | None, **told: Any) -> Decision | None:
    given = {"follow_up": None, "made": None, "is_delayed": False, "subject_ids": ["physics"]} | told
    turns = [ANSWERED, replace(OPEN, answered_at=TEXT)]
    return answer_judged(found, "w1", turns, now=NOW, **given)


TWO = replace(OPEN, answered_at=TEXT)


def test_a_judged_answer_opens_the_next_question() -> None:
    opened = leased().with_answer_closed().asked(NOW, prepared=None)
    outcome = AnswerProcessed(opened, TWO, "What moves?")
    assert judged(leased(answered_by="r2"), made=QUESTION) == Decision(
        replace(opened, answered_by="r2"),
        (
            Push("c1", replace(outcome, interview=replace(opened, answered_by="r2")), "r2"),
            RefreshProgress(("physics",)),
            ClearRecording(RECORDING),
        ),
        turns=(TWO, InterviewTurn(3, QUESTION)),
    )


def test_a_question_that_was_made_waits_while_a_follow_up_is_asked() -> None:
    follow_up = replace(OTHER, is_follow_up=True)
    decision = judged(leased(), made=QUESTION, follow_up=follow_up)
    assert decision is not None
    assert decision.interview.prepared == QUESTION
    assert decision.turns == (TWO, InterviewTurn(3, follow_up))
    later_on = judged(leased(prepared=QUESTION), follow_up=follow_up)
    assert later_on is not None
    assert later_on.interview.prepared == QUESTION
    asked_now = judged(leased(prepared=QUESTION))
    assert asked_now is not None
    assert asked_now.interview.prepared is None
    assert asked_now.turns == (TWO, InterviewTurn(3, QUESTION))


def test_a_follow_up_is_asked_before_a_prepared_question_and_that_before_a_new_one() -> None:
    follow_up, new = replace(QUESTION, is_follow_up=True), replace(QUESTION, question="What is new?")
    assert next_question(interview(prepared=OTHER), follow_up, new, NOW) == follow_up
    assert next_question(interview(prepared=OTHER), None, new, NOW) == OTHER
    assert next_question(interview(), None, new, NOW) == new
    assert next_question(interview(), None, None, NOW) is None


def test_no_question_is_asked_after_the_wish_to_end_nor_after_the_last_one_nor_out_of_time() -> None:
    assert next_question(interview(is_ending=True), OTHER, OTHER, NOW) is None
    assert next_question(interview(max_questions=2), OTHER, OTHER, NOW) is None
    assert next_question(interview(max_questions=3), OTHER, OTHER, NOW) == OTHER
    assert next_question(interview(started_at="2026-09-14T07:00:00.000Z"), OTHER, OTHER, NOW) is None


def test_a_judged_answer_waits_for_a_question_that_is_delayed() -> None:
    delayed = leased().asking(NOW)
    assert judged(leased(), is_delayed=True) == Decision(
        delayed,
        (
            Push("c1", AnswerProcessed(delayed, TWO, None)),
            RefreshProgress(("physics",)),
            ClearRecording(RECORDING),
        ),
        turns=(TWO,),
    )


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (leased(), {}),
        (leased(is_ending=True), {"made": QUESTION}),
        (leased(is_ending=True), {"is_delayed": True}),
        (leased(started_at="2026-09-14T07:00:00.000Z"), {"is_delayed": True}),
        (leased(max_questions=2), {"made": QUESTION}),
    ],
)
def test_the_last_answer_ends_the_interview(found: Interview, told: dict[str, Any]) -> None:
    ended = found.ended([ANSWERED, TWO], NOW)
    push = Push("c1", AnswerProcessed(ended, TWO, None))
    assert judged(found, **told) == Decision(
        ended, (push, RefreshProgress(("physics",)), *ENDED), turns=(TWO,)
    )


@pytest.mark.parametrize(
    "decide",
    [
        made,
        lambda found: question_delayed(found, "w1", NOW),
        judged,
    ],
)
@pytest.mark.parametrize(
    "found", [None, asking(lease_id="w2"), asking(lease_id=None), replace(asking(), state="ended")]
)
def test_a_worker_whose_lease_is_lost_changes_nothing(
    decide: Callable[[Interview | None], Decision | None], found: Interview | None
) -> None:
    assert decide(found) is None


def test_an_interview_without_a_first_question_is_given_up_by_all_workers() -> None:
    new = asking(questions_asked=0)
    assert given_up_unasked(new, "w2", NOW) == Decision(replace(new.leased("w2", NOW), tries=6))
    assert given_up_unasked(None, "w2", NOW) is None
    assert given_up_unasked(interview(questions_asked=1), "w2", NOW) is None


# The sweeper


def due(found: Interview | None, *parts: ReceivedPart) -> Decision | None:
    return swept(found, parts, [ANSWERED, OPEN], "w2", NOW)


def test_the_sweeper_leaves_an_interview_that_is_not_due() -> None:
    assert due(None) is None
    assert due(interview(sweep_at=None)) is None
    assert due(interview(sweep_at=A_MOMENT_LATER)) is None


def test_the_sweeper_goes_on_with_the_work_of_dead_workers() -> None:
    left = asking(sweep_at=TEXT, tries=5)
    assert due(left) == Decision(left.leased("w2", NOW), (OpenQuestion(),))
    left = leased(sweep_at=TEXT)
    assert due(left) == Decision(left.leased("w2", NOW), (JudgeAnswer(),))
    left = heard(sweep_at=TEXT)
    assert due(left) == Decision(left, (LookForTranscript(),))
    left = recorded(sweep_at=TEXT)
    assert due(left, *PARTS) == Decision(left.awaiting_transcript(NOW), (Transcribe(PARTS),))
    left = interview("ended", sweep_at=TEXT)
    assert due(left) == Decision(left, (ClearSession(),))


def test_the_sweeper_ends_an_interview_that_nobody_goes_on_with() -> None:
    for left in (interview(sweep_at=TEXT), recorded(sweep_at=TEXT), asking(sweep_at=TEXT, tries=6)):
        assert due(left, *SOME_PARTS) == Decision(left.ended([ANSWERED, OPEN], NOW), ENDED)


def test_the_sweeper_discards_an_interview_that_never_asked_a_question() -> None:
    left = asking(sweep_at=TEXT, tries=6, questions_asked=0)
    assert due(left) == Decision(left, (Discard(),))


def test_the_sweeper_need_not_come_back_to_an_interview_without_sound() -> None:
    assert cleared(interview("ended")) == Decision(interview("ended", sweep_at=None))
    assert cleared(None) is None


# What is pushed


def test_a_resumed_client_is_shown_the_open_question_and_the_last_outcome() -> None:
    latest = AnswerProcessed(recorded(), ANSWERED, "What rests?")
    assert standing(recorded(), [ANSWERED, OPEN], SOME_PARTS) == InterviewResumed(
        recorded(), "What rests?", 0, latest
    )
    assert standing(interview(questions_asked=0), [], ()) == InterviewResumed(
        interview(questions_asked=0), None, -1, None
    )


def test_no_question_is_shown_where_none_is_open() -> None:
    closed: tuple[InterviewState, ...] = ("asking", "ended")
    for state in closed:
        assert standing(interview(state), [ANSWERED, OPEN], ()).question is None
    for state in ("asked", "answering", "analysing"):
        assert standing(interview(state), [ANSWERED, OPEN], ()).question == "What rests?"


def test_a_turn_that_is_newer_than_the_session_is_not_shown() -> None:
    newer = [ANSWERED, TWO, InterviewTurn(3, QUESTION)]
    shown = standing(interview(), newer, ())
    assert shown.question == "What rests?"
    assert shown.latest == AnswerProcessed(interview(), TWO, None)


def test_an_outcome_names_the_question_that_followed() -> None:
    turns = [ANSWERED, OPEN]
    assert processed(interview(), turns, ANSWERED) == AnswerProcessed(interview(), ANSWERED, "What rests?")
    assert processed(interview(), turns, OPEN) == AnswerProcessed(interview(), OPEN, None)
