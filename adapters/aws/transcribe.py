"""Amazon Transcribe's batch jobs. They read a recording from the bucket and store its transcript there.

https://docs.aws.amazon.com/transcribe/latest/APIReference/API_StartTranscriptionJob.html
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from adapters.aws.errors import calls_of_aws, reading_answer
from adapters.upstream.calls import Effect, Retries
from ports.errors import PortError
from ports.transcriber import (
    MEDIA_FORMATS,
    MediaFormat,
    Recording,
    Transcript,
    UnreadableRecording,
    check_recording,
)

_CAPABILITY = "transcriber"
_DOUBTFUL_BELOW = 0.5
"""The mean confidence of the words, 0 to 1, below which a transcript is doubtful: by Transcribe's own scale, most of
its words are then wrong. https://docs.aws.amazon.com/transcribe/latest/dg/how-input.html
"""
_WELL = {"QUEUED", "IN_PROGRESS", "COMPLETED"}

LANGUAGES = frozenset(
    """
    ab-GE af-ZA am-ET ar-AE ar-SA ast-ES az-AZ ba-RU be-BY bg-BG bn-IN bs-BA ca-ES ckb-IQ ckb-IR cs-CZ cy-GB
    cy-WL da-DK de-CH de-DE el-GR en-AB en-AU en-GB en-IE en-IN en-NZ en-US en-WL en-ZA es-ES es-MX es-US
    et-EE et-ET eu-ES fa-AF fa-IR fi-FI fr-CA fr-FR ga-IE gd-GB gl-ES gu-IN ha-NG he-IL hi-IN hr-HR ht-HT
    hu-HU hy-AM id-ID is-IS it-IT ja-JP jv-ID ka-GE kab-DZ kk-KZ km-KH kn-IN ko-KR ky-KG lg-IN lt-LT lv-LV
    mhr-RU mi-NZ mk-MK ml-IN mn-MN mr-IN ms-MY mt-MT my-MM ne-NP nl-NL no-NO or-IN pa-IN pl-PL ps-AF pt-BR
    pt-PT ro-RO ru-RU rw-RW si-LK sk-SK sl-SI so-SO sq-AL sr-RS su-ID sv-SE sw-BI sw-KE sw-RW sw-TZ sw-UG
    ta-IN te-IN th-TH tl-PH tr-TR tt-RU ug-CN uk-UA uz-UZ vi-VN wo-SN zh-CN zh-HK zh-TW zu-ZA
    """.split()
)
"""The valid values of ``LanguageCode``; batch jobs support all of them. Their features are listed here:
https://docs.aws.amazon.com/transcribe/latest/dg/supported-languages.html
"""


class _NameTaken(PortError):
    """A job with that name exists already."""


class TranscribeTranscriber:
    """Implements ``ports.transcriber.Transcriber``. Safe to share between threads.

    Transcribe uses the bucket with the permissions of the role that starts a job. So the role needs ``s3:GetObject``
    on the recordings and ``s3:PutObject`` on the outcomes. It first writes ``.write_access_check_file.temp`` beside
    the outcome and leaves it there. If a job fails, it stores nothing.
    """

    def __init__(self, client: Callable[[], Any], bucket: str, *, retries: Retries) -> None:
        """``client`` returns a client for ``transcribe``. ``bucket`` is the object store's, in the client's region."""
        self._client = client
        self._bucket = bucket
        self._calls = calls_of_aws(_CAPABILITY, retries, {"ConflictException": _NameTaken})

    @property
    def formats(self) -> frozenset[MediaFormat]:
        return frozenset(MEDIA_FORMATS)

    @property
    def hears_partially(self) -> bool:
        return False

    def speaks(self, language: str) -> bool:
        return language in LANGUAGES

    def begin(self, recording: Recording) -> None:
        check_recording(recording)
        if not self.speaks(recording.language):
            raise ValueError(f"Transcribe does not support {recording.language}")
        tries = self._calls.begin()
        try:
            # Safe to repeat: if an earlier try started the job, its name is taken.
            job = tries.call(lambda: self._start(recording), Effect.REPEATABLE)
        except _NameTaken:
            job = tries.call(lambda: self._job(recording.job_id))
        with reading_answer(_CAPABILITY):
            status = job["TranscriptionJob"]["TranscriptionJobStatus"]
            if status != "FAILED" and status not in _WELL:
                raise ValueError("an unknown job status")
        if status == "FAILED":
            raise UnreadableRecording  # a failed job never runs again, and its name stays taken

    def read(self, outcome: bytes) -> Transcript:
        with reading_answer(_CAPABILITY):
            results = json.loads(outcome)["results"]
            text = results["transcripts"][0]["transcript"]
            if not isinstance(text, str):
                raise TypeError("the transcript is not a text")
            said = [*results.get("items", ()), *results.get("audio_segments", ())]
            # Punctuation marks have no start and end times.
            ends = [float(piece["end_time"]) for piece in said if "end_time" in piece]
            sure = [
                float(piece["alternatives"][0]["confidence"])
                for piece in results.get("items", ())
                if piece.get("type") == "pronunciation"
            ]
        is_doubtful = bool(sure) and sum(sure) / len(sure) < _DOUBTFUL_BELOW
        return Transcript(text.strip(), max(ends, default=None), is_doubtful)

    def partial(self, sound: bytes, media_format: MediaFormat, language: str) -> str | None:
        """Always None: a batch job has no partial transcript."""
        return None

    def close(self) -> None:
        """Does nothing: the client belongs to the caller who gave it."""

    def _start(self, recording: Recording) -> Any:
        return self._client().start_transcription_job(
            TranscriptionJobName=recording.job_id,
            LanguageCode=recording.language,
            MediaFormat=recording.media_format,
            Media={"MediaFileUri": f"s3://{self._bucket}/{recording.key}"},
            OutputBucketName=self._bucket,
            OutputKey=recording.result_key,
        )

    def _job(self, job_id: str) -> Any:
        return self._client().get_transcription_job(TranscriptionJobName=job_id)
