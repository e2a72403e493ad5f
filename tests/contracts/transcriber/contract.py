"""The contract of ``Transcriber``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from ports.errors import Unavailable
from ports.object_store import ObjectStore
from ports.transcriber import MEDIA_FORMATS, MediaFormat, Recording, Transcriber, UnreadableRecording

NO_LANGUAGE = "xx-XX"


@dataclass(frozen=True, slots=True)
class Sounds:
    """Recordings that this transcriber can transcribe."""

    speech: bytes
    words: str
    """Some words of ``speech`` as its transcript writes them; letter case does not matter."""
    silence: bytes
    """At least half a second without speech."""
    unreadable: tuple[bytes, ...]
    media_format: MediaFormat = "wav"
    language: str = "en-US"

    def as_recording(self, name: str = "turn-1") -> Recording:
        key = f"voice-interviews/session-1/{name}.{self.media_format}"
        outcome = f"transcripts/session-1/{name}.json"
        return Recording(f"session-1.{name}", key, outcome, self.media_format, self.language)


def outcome_of(
    transcriber: Transcriber,
    objects: ObjectStore,
    finish: Callable[[], None],
    recording: Recording,
    sound: bytes,
) -> bytes:
    """The outcome of the job. If the job leaves none, ``begin`` is called again, because the transcriber then raises
    the reason.
    """
    objects.put(recording.key, sound, f"audio/{recording.media_format}")
    transcriber.begin(recording)
    finish()
    if objects.info(recording.result_key) is None:
        transcriber.begin(recording)
    return objects.get(recording.result_key)


class TranscriberContract:
    """A subclass gives ``transcriber``, its ``objects``, and ``finish``, which lets the jobs end.

    The transcriber knows the format and the language of ``sounds``. It does not know ``xx-XX``.
    """

    @pytest.fixture
    def closable(self, transcriber: Transcriber) -> Transcriber:
        """A transcriber that no other test uses."""
        return transcriber

    def test_closing_twice_is_no_error(self, closable: Transcriber) -> None:
        closable.close()
        closable.close()

    def test_the_spoken_words_are_read_from_the_outcome(
        self, transcriber: Transcriber, objects: ObjectStore, sounds: Sounds, finish: Callable[[], None]
    ) -> None:
        outcome = outcome_of(transcriber, objects, finish, sounds.as_recording(), sounds.speech)
        heard = transcriber.read(outcome)
        assert sounds.words.casefold() in heard.text.casefold()
        assert heard.seconds is None or heard.seconds > 0

    def test_silence_is_no_text(
        self, transcriber: Transcriber, objects: ObjectStore, sounds: Sounds, finish: Callable[[], None]
    ) -> None:
        outcome = outcome_of(transcriber, objects, finish, sounds.as_recording(), sounds.silence)
        assert transcriber.read(outcome).text == ""

    def test_each_job_has_an_outcome_of_its_own(
        self, transcriber: Transcriber, objects: ObjectStore, sounds: Sounds, finish: Callable[[], None]
    ) -> None:
        spoken, silent = sounds.as_recording("turn-1"), sounds.as_recording("turn-2")
        objects.put(spoken.key, sounds.speech, "audio/wav")
        objects.put(silent.key, sounds.silence, "audio/wav")
        transcriber.begin(spoken)
        transcriber.begin(silent)
        finish()
        heard = [transcriber.read(objects.get(one.result_key)).text for one in (silent, spoken)]
        assert heard[0] == ""
        assert sounds.words.casefold() in heard[1].casefold()

    def test_beginning_a_job_again_is_harmless(
        self, transcriber: Transcriber, objects: ObjectStore, sounds: Sounds, finish: Callable[[], None]
    ) -> None:
        recording = sounds.as_recording()
        objects.put(recording.key, sounds.speech, "audio/wav")
        transcriber.begin(recording)
        transcriber.begin(recording)
        finish()
        outcome = objects.get(recording.result_key)
        objects.put(recording.key, sounds.silence, "audio/wav")
        transcriber.begin(recording)
        finish()
        assert objects.get(recording.result_key) == outcome

    def test_an_unreadable_recording_is_reported_as_unreadable_every_time(
        self, transcriber: Transcriber, objects: ObjectStore, sounds: Sounds, finish: Callable[[], None]
    ) -> None:
        assert sounds.unreadable
        for number, sound in enumerate(sounds.unreadable):
            recording = sounds.as_recording(f"turn-{number}")
            for _ in range(2):
                with pytest.raises(UnreadableRecording):
                    transcriber.read(outcome_of(transcriber, objects, finish, recording, sound))

    def test_a_recording_that_is_not_there_begins_nothing(
        self, transcriber: Transcriber, objects: ObjectStore, sounds: Sounds, finish: Callable[[], None]
    ) -> None:
        recording = sounds.as_recording()
        with pytest.raises(Unavailable) as failed:
            transcriber.begin(recording)
        assert failed.value.capability == "transcriber"
        finish()
        assert objects.info(recording.result_key) is None
        outcome = outcome_of(transcriber, objects, finish, recording, sounds.speech)
        assert sounds.words.casefold() in transcriber.read(outcome).text.casefold()

    @pytest.mark.parametrize(
        "ill",
        [
            {"job_id": ""},
            {"job_id": "a b"},
            {"job_id": "a/b"},
            {"job_id": "é"},
            {"job_id": "a\n"},
            {"job_id": "j" * 201},
            {"media_format": "aac"},
            {"media_format": "WAV"},
            {"media_format": ""},
            {"language": NO_LANGUAGE},
            {"language": "en"},
            {"language": "en_US"},
            {"language": "english-US"},
            {"language": ""},
            {"result_key": "voice-interviews/session-1/turn-1.wav"},
            {"result_key": "transcripts/session-1/turn-1"},
            {"result_key": "transcripts/session 1/turn-1.json"},
            {"result_key": "t" * 1020 + ".json"},
            {"result_key": "x.json", "key": "x.json"},
        ],
        ids=" ".join,
    )
    def test_an_ill_formed_recording_is_refused(
        self,
        transcriber: Transcriber,
        objects: ObjectStore,
        sounds: Sounds,
        finish: Callable[[], None],
        ill: dict[str, str],
    ) -> None:
        recording = sounds.as_recording()
        objects.put(recording.key, sounds.speech, "audio/wav")
        objects.put("x.json", sounds.speech, "audio/wav")
        before = set(objects.keys(""))
        with pytest.raises(ValueError):
            transcriber.begin(replace(recording, **ill))  # type: ignore[arg-type]
        finish()
        assert set(objects.keys("")) == before

    def test_a_job_id_may_have_200_characters(
        self, transcriber: Transcriber, objects: ObjectStore, sounds: Sounds, finish: Callable[[], None]
    ) -> None:
        longest = replace(sounds.as_recording(), job_id="j.-_" * 50)
        outcome = outcome_of(transcriber, objects, finish, longest, sounds.speech)
        assert sounds.words.casefold() in transcriber.read(outcome).text.casefold()

    def test_it_names_its_formats_and_languages(self, transcriber: Transcriber, sounds: Sounds) -> None:
        assert sounds.media_format in transcriber.formats
        assert transcriber.formats <= set(MEDIA_FORMATS)
        assert transcriber.speaks(sounds.language)
        for language in (NO_LANGUAGE, "", sounds.language.casefold(), sounds.language[:2]):
            assert not transcriber.speaks(language)

    def test_a_format_that_it_does_not_read_is_refused(
        self, transcriber: Transcriber, objects: ObjectStore, sounds: Sounds
    ) -> None:
        for media_format in set(MEDIA_FORMATS) - transcriber.formats:
            recording = replace(sounds.as_recording(), media_format=media_format)
            objects.put(recording.key, sounds.speech, "audio/wav")
            with pytest.raises(ValueError):
                transcriber.begin(recording)

    def test_a_partial_transcript_is_text_or_none(self, transcriber: Transcriber, sounds: Sounds) -> None:
        for sound in (sounds.speech[: len(sounds.speech) // 2], sounds.silence, b"", *sounds.unreadable):
            understood = transcriber.partial(sound, sounds.media_format, sounds.language)
            assert understood is None or isinstance(understood, str)

    def test_bytes_that_are_not_an_outcome_raise_unavailable(
        self, transcriber: Transcriber, sounds: Sounds
    ) -> None:
        for nonsense in (b"", b"{", b"{}", b"[]", b"null", b'"text"', b"\xff\xfe", sounds.speech):
            with pytest.raises(Unavailable) as failed:
                transcriber.read(nonsense)
            assert failed.value.capability == "transcriber"
