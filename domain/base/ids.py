"""Names by which the stores know a learner's things: object keys and vector ids.

The layout is the seed's. Nothing that a client chose (a file name, a subject id from a body) is ever
part of a key unescaped, and everything of a learner's lies under a prefix made of their id.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from urllib.parse import quote, unquote

DOCUMENTS = "documents"
"""The vector namespace of document chunks."""
INTELLIGENCE = "intelligence"
"""The vector namespace of what learners master."""
NO_SUBJECT = "general"
RAW_FILES = "raw-files/"


def _segment(value: str) -> str:
    """``value`` as ASCII without a slash; ids of letters, digits, ``_.-~`` stand as they are."""
    return quote(value, safe="")


def originals_prefix(user_id: str) -> str:
    """Where all of a learner's originals lie, and nothing else."""
    return f"{RAW_FILES}user_{_segment(user_id)}/"


def original_key(user_id: str, file_id: str, extension: str) -> str:
    return f"{originals_prefix(user_id)}{_segment(file_id)}_original.{extension}"


def text_key(user_id: str, file_id: str) -> str:
    return f"processed-chunks/user_{_segment(user_id)}/{_segment(file_id)}_text.txt"


def chunks_key(user_id: str, file_id: str) -> str:
    return f"processed-chunks/user_{_segment(user_id)}/{_segment(file_id)}_chunks.json"


def metadata_key(user_id: str, file_id: str) -> str:
    return f"processed-chunks/user_{_segment(user_id)}/{_segment(file_id)}_metadata.json"


def export_prefix(user_id: str) -> str:
    return f"exports/user_{_segment(user_id)}/"


def export_key(user_id: str, moment: str, export_id: str) -> str:
    """``moment`` is when the export was made."""
    return f"{export_prefix(user_id)}{moment}_{_segment(export_id)}.json"


def named_in(key: str) -> str:
    """What an object under one of ``object_prefixes`` belongs to: a document's id, or an export's moment."""
    return unquote(key.rpartition("/")[2].rpartition("_")[0])


def object_prefixes(user_id: str) -> tuple[str, ...]:
    """Where all of a learner's objects lie: erasure empties these."""
    owner = _segment(user_id)
    return (originals_prefix(user_id), f"processed-chunks/user_{owner}/", export_prefix(user_id))


@dataclass(frozen=True, slots=True)
class OriginalKey:
    """What an object key under ``raw-files/`` says about itself."""

    user_id: str
    file_id: str


def parse_original_key(key: str) -> OriginalKey | None:
    """Whose original ``key`` is, or None for a key that ``original_key`` never makes."""
    if not key.startswith(RAW_FILES + "user_"):
        return None
    user, slash, rest = key.removeprefix(RAW_FILES + "user_").partition("/")
    file_id, mark, extension = rest.rpartition("_original.")
    parsed = OriginalKey(unquote(user), unquote(file_id))
    if not (slash and mark and user and file_id):
        return None
    return parsed if original_key(parsed.user_id, parsed.file_id, extension) == key else None


def chunk_vector_prefix(user_id: str, subject_id: str | None, file_id: str) -> str:
    return f"user_{_segment(user_id)}_{_segment(subject_id or NO_SUBJECT)}_{_segment(file_id)}_chunk_"


def chunk_vector_id(user_id: str, subject_id: str | None, file_id: str, index: int) -> str:
    return f"{chunk_vector_prefix(user_id, subject_id, file_id)}{index}"


def document_vector_prefix(user_id: str) -> str:
    """How the ids of all of the learner's chunk vectors begin, and perhaps some of others: look whose they are."""
    return f"user_{_segment(user_id)}_"


def concept_vector_prefix(user_id: str) -> str:
    """How the ids of all of the learner's concept vectors begin, and of nobody else's."""
    return f"user_{_closed_segment(user_id)}_"


def concept_vector_id(user_id: str, subject_id: str, concept: str) -> str:
    """``concept`` is a catalogue key; a long one, as it is written in ASCII, is stood for by a digest."""
    name = _segment(concept)
    if len(name) > _MAX_CONCEPT_SEGMENT:
        name = derived_id("concept", concept)
    return f"{concept_vector_prefix(user_id)}{_closed_segment(subject_id)}_{name}"


def _closed_segment(value: str) -> str:
    """A segment without ``_``, so that no two ids run together: users ``a_b`` and ``a`` with a subject ``b``."""
    return _segment(value).replace("_", "%5F")


_MAX_CONCEPT_SEGMENT = 128


_CLASS = "class:"


def class_owner(subject_id: str) -> str:
    """The owner of a subject's class materials: nobody's user id, so that no learner's reads reach them."""
    return _CLASS + subject_id


def is_class_owner(user_id: str) -> bool:
    return user_id.startswith(_CLASS)


def derived_id(*parts: str) -> str:
    """The same id whenever it is asked for the same parts: a repeated request names the same things."""
    digest = hashlib.sha256("\x1f".join(f"{len(part)}:{part}" for part in parts).encode())
    return digest.hexdigest()[:32]
