"""The object keys and vector ids of documents, in the layout of the seed design.

All objects of a learner's documents lie under ``document_prefixes``. The ids of all their vectors begin with
``document_vector_prefix``.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

from domain.base.ids import segment

DOCUMENTS = "documents"
"""The vector namespace of document chunks."""
RAW_FILES = "raw-files/"
RECOGNISED = "recognised/"
"""The prefix of text recognition results. They are removed once their text is part of the document's."""
WORDS_ALONE = "words_alone"
"""The metadata field that marks a vector whose words are indexed and whose embedding is still missing."""
PROCESSED = "processed-chunks/"
_NO_SUBJECT = "general"
"""Replaces the subject in the vector ids of a document that has no subject."""


def originals_prefix(user_id: str) -> str:
    """The prefix of all originals of a learner. No other object has it."""
    return f"{RAW_FILES}user_{segment(user_id)}/"


def original_key(user_id: str, file_id: str, extension: str) -> str:
    return f"{originals_prefix(user_id)}{segment(file_id)}_original.{extension}"


def text_key(user_id: str, file_id: str) -> str:
    return f"{_processed_prefix(user_id)}{segment(file_id)}_text.txt"


def chunks_key(user_id: str, file_id: str) -> str:
    return f"{_processed_prefix(user_id)}{segment(file_id)}_chunks.json"


def metadata_key(user_id: str, file_id: str) -> str:
    return f"{_processed_prefix(user_id)}{segment(file_id)}_metadata.json"


def document_prefixes(user_id: str) -> tuple[str, ...]:
    """The prefixes of all objects of a learner's documents. No other object has them. Erasure empties them."""
    return (originals_prefix(user_id), _processed_prefix(user_id), f"{RECOGNISED}user_{segment(user_id)}/")


def recognised_prefix(user_id: str, file_id: str) -> str:
    """The prefix of all results of a document's text recognition. No other object has it."""
    return f"{RECOGNISED}user_{segment(user_id)}/{segment(file_id)}/"


def file_id_in(key: str) -> str:
    """The id of the document to which an object under one of ``document_prefixes`` belongs."""
    if key.startswith(RECOGNISED):
        return unquote(key.split("/")[2])
    return unquote(key.rpartition("/")[2].rpartition("_")[0])


@dataclass(frozen=True, slots=True)
class OriginalKey:
    """The owner and the document that an object key names."""

    user_id: str
    file_id: str


def parse_original_key(key: str) -> OriginalKey | None:
    """The owner and the document of an original's key; None if ``original_key`` makes no such key."""
    if not key.startswith(RAW_FILES + "user_"):
        return None
    user, slash, rest = key.removeprefix(RAW_FILES + "user_").partition("/")
    file_id, mark, extension = rest.rpartition("_original.")
    parsed = OriginalKey(unquote(user), unquote(file_id))
    if not (slash and mark and user and file_id):
        return None
    return parsed if original_key(parsed.user_id, parsed.file_id, extension) == key else None


def parse_processed_key(key: str) -> OriginalKey | None:
    """The owner and the document of a key that holds text, chunks or metadata; None for any other key."""
    if not key.startswith(PROCESSED + "user_"):
        return None
    user, slash, _ = key.removeprefix(PROCESSED + "user_").partition("/")
    parsed = OriginalKey(unquote(user), file_id_in(key))
    made = (make(parsed.user_id, parsed.file_id) for make in (text_key, chunks_key, metadata_key))
    return parsed if slash and parsed.user_id and parsed.file_id and key in made else None


def parse_recognised_key(key: str) -> OriginalKey | None:
    """The owner and the document of a text recognition's key; None for any other key."""
    if not key.startswith(RECOGNISED + "user_"):
        return None
    user, _, rest = key.removeprefix(RECOGNISED + "user_").partition("/")
    file_id, slash, _ = rest.partition("/")
    return OriginalKey(unquote(user), unquote(file_id)) if slash and user and file_id else None


def chunk_vector_prefix(user_id: str, subject_id: str | None, file_id: str) -> str:
    subject = segment(subject_id or _NO_SUBJECT)
    return f"{document_vector_prefix(user_id)}{subject}_{segment(file_id)}_chunk_"


def chunk_vector_id(user_id: str, subject_id: str | None, file_id: str, index: int) -> str:
    return f"{chunk_vector_prefix(user_id, subject_id, file_id)}{index}"


def document_vector_prefix(user_id: str) -> str:
    """The prefix of the ids of all chunk vectors of a learner.

    Vectors of another learner may have this prefix too (users ``a`` and ``a_b``). So the caller must also compare the
    ``user_id`` in the metadata.
    """
    return f"user_{segment(user_id)}_"


def _processed_prefix(user_id: str) -> str:
    return f"{PROCESSED}user_{segment(user_id)}/"
