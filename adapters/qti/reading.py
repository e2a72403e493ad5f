"""Reads the items of a QTI 3.0 package, or of a single item's file. The input is not trusted, and its size is limited."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Any, get_args

from lxml import etree  # type: ignore[import-untyped]

from adapters.qti.names import CHOICES, GAP, KIND_CLASS, MANIFEST
from ports.agent_words import QuestionKind
from ports.item_package import (
    MAX_PACKAGE_BYTES,
    MAX_PACKAGED_ITEMS,
    ItemProblem,
    PackagedItem,
    ReadPackage,
    UnreadablePackage,
    UnreadItem,
)

_MAX_ENTRIES = 5000
_MAX_FILE_BYTES = 256 * 1024
_MAX_MANIFEST_BYTES = 4 * 1024 * 1024
_MAX_UNPACKED_BYTES = 64 * 1024 * 1024
_KINDS: tuple[QuestionKind, ...] = get_args(QuestionKind)
_ITEM, _ITEM_OF_VERSION_2 = "qti-assessment-item", "assessmentItem"
_OTHER_ROOTS = frozenset(("questestinterop", _ITEM_OF_VERSION_2))
_MEDIA = frozenset(
    "img object math svg audio video picture iframe source canvas qti-portable-custom-interaction".split()
)
_ELSEWHERE = ("qti-assessment-stimulus-ref", "include")
"""Elements whose content is in another file: a stimulus, or a part included with XInclude."""
_TEMPLATES = ("qti-template-declaration", "qti-template-processing")
_DRAWN = ("qti-printed-variable", "qti-template-inline", "qti-template-block")
_BLOCKS = frozenset("p div li ul ol br h1 h2 h3 h4 h5 h6 pre blockquote table tr td th dt dd hr".split())
_SHIFTED = {
    "sup": str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ"),
    "sub": str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎"),
}
_ORDINALS = frozenset("st nd rd th e er re o a".split())
"""Raised letters after a number that may as well be written on the line, as in “1st”."""
_HIDDEN = ("qti-feedback-inline", "qti-feedback-block", "qti-rubric-block")


class _Unread(Exception):
    def __init__(self, problem: ItemProblem) -> None:
        super().__init__(problem)
        self.problem = problem


def read(content: bytes) -> ReadPackage:
    if len(content) > MAX_PACKAGE_BYTES:
        raise UnreadablePackage("too_large")
    items: list[PackagedItem] = []
    unread: list[UnreadItem] = []
    for name, data in _files(content):
        if len(items) + len(unread) >= MAX_PACKAGED_ITEMS:
            unread.append(UnreadItem(name, "too_many"))
            break
        try:
            if data is None:
                raise _Unread("too_large")
            items.append(_item(_tree(data)))
        except _Unread as why:
            unread.append(UnreadItem(name, why.problem))
    if not items and not unread:
        raise UnreadablePackage("no_items")
    return ReadPackage(tuple(items), tuple(unread))


def _files(content: bytes) -> Iterator[tuple[str, bytes | None]]:
    """The name and the bytes of each item's file. The bytes are None if the file is too large."""
    if not content.startswith(b"PK"):
        yield "item.xml", content if len(content) <= _MAX_FILE_BYTES else None
        return
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = {entry.filename.replace("\\", "/"): entry for entry in archive.infolist()}
        if len(entries) > _MAX_ENTRIES:
            raise UnreadablePackage("too_large")
        if any(entry.flag_bits & 1 for entry in entries.values()):
            raise UnreadablePackage("encrypted")
        unpacked = 0
        for path in _paths(archive, entries):
            entry = entries[path]
            unpacked += entry.file_size
            if unpacked > _MAX_UNPACKED_BYTES:
                raise UnreadablePackage("too_large")
            yield path, _unpacked(archive, entry, _MAX_FILE_BYTES)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, ValueError, EOFError, OSError) as error:
        raise UnreadablePackage("corrupt") from error


def _paths(archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo]) -> list[str]:
    """The paths of the items' files, in the order of the manifest. If there is no manifest: the paths of all XML files,
    sorted.
    """
    manifest = next((path for path in entries if posixpath.basename(path) == MANIFEST), None)
    if manifest is None:
        return sorted(path for path in entries if path.endswith(".xml"))
    data = _unpacked(archive, entries[manifest], _MAX_MANIFEST_BYTES)
    try:
        root = _tree(data or b"")
    except _Unread:
        raise UnreadablePackage("corrupt") from None
    folder = posixpath.dirname(manifest)
    found: dict[str, None] = {}
    for resource in root.iter():
        kind = resource.get("type", "") if _local(resource) == "resource" else ""
        if kind.startswith("imsqti") and "item" in kind:
            path = posixpath.normpath(posixpath.join(folder, resource.get("href", "")))
            if path not in entries:
                raise UnreadablePackage("corrupt")
            found[path] = None
    return list(found)


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes | None:
    """The file, or None if it has more than ``most`` bytes. The size in its header is not trusted."""
    with archive.open(entry) as stream:
        data = stream.read(most + 1)
    return data if len(data) <= most else None


def _tree(data: bytes) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise _Unread("malformed") from None
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise _Unread("malformed")
    return root


def _item(root: Any) -> PackagedItem:
    if _local(root) in _OTHER_ROOTS:
        raise _Unread("other_version")
    if _local(root) != _ITEM:
        raise _Unread("malformed")
    if root.get("adaptive", "false") in ("true", "1"):
        raise _Unread("adaptive")
    body = next((one for one in root if _local(one) == "qti-item-body"), None)
    if body is None:
        raise _Unread("no_question")
    names = {_local(one) for one in root.iter()}
    is_drawn = any(one.get("template-identifier") for one in root.iter())
    if is_drawn or names.intersection(_TEMPLATES) or names.intersection(_DRAWN):
        raise _Unread("template")
    if names.intersection(_ELSEWHERE):
        raise _Unread("stimulus")
    if names & _MEDIA:
        raise _Unread("media")
    interactions = [one for one in body.iter() if _local(one).endswith("-interaction")]
    if len(interactions) != 1:
        raise _Unread("several_interactions" if interactions else "kind_not_read")
    (interaction,) = interactions
    kind = _kind(root, body, interaction)
    declared = _declared(root, interaction)
    title = root.get("identifier", "")
    explanation = _explanation(root, declared)
    shared = {
        "item_id": title,
        "kind": kind,
        "explanation": explanation,
        "concept": _plain(root.get("label", "")),
    }
    if kind in (*CHOICES, "ordering"):
        return _choices(body, interaction, declared, kind, shared)
    return _filled_in(body, interaction, declared, kind, shared)


def _kind(root: Any, body: Any, interaction: Any) -> QuestionKind:
    marks = body.get("class", "").split()
    ours = next((kind for kind in _KINDS if f"{KIND_CLASS}{kind}" in marks), None)
    name = _local(interaction)
    forms: dict[str, tuple[QuestionKind, ...]] = {
        "qti-choice-interaction": CHOICES,
        "qti-order-interaction": ("ordering",),
        "qti-text-entry-interaction": ("cloze", "numeric"),
        "qti-extended-text-interaction": ("short_answer",),
    }
    if ours in forms.get(name, ()):
        return ours
    if name != "qti-choice-interaction":
        raise _Unread("kind_not_read")
    declared = _declared(root, interaction)
    return "multiple_answer" if declared.get("cardinality") == "multiple" else "multiple_choice"


def _declared(root: Any, interaction: Any) -> Any:
    wanted = interaction.get("response-identifier")
    for one in root:
        if _local(one) == "qti-response-declaration" and one.get("identifier") == wanted:
            return one
    raise _Unread("no_key")


def _choices(
    body: Any, interaction: Any, declared: Any, kind: QuestionKind, shared: dict[str, Any]
) -> PackagedItem:
    choices = [one for one in interaction.iter() if _local(one) == "qti-simple-choice"]
    options = [_plain(_visible_text(choice)) for choice in choices]
    question = _plain(_visible_text(body, but=interaction, prompt=True))
    if not question or len(options) < 2 or not all(options):
        raise _Unread("no_question")
    identifiers = [choice.get("identifier", "") for choice in choices]
    right = _right(declared, identifiers, is_several=kind in ("multiple_answer", "ordering"))
    if kind != "ordering":
        right = sorted(right)
    return PackagedItem(question=question, options=tuple(options), right=tuple(right), accepted=(), **shared)


def _right(declared: Any, identifiers: Sequence[str], *, is_several: bool) -> list[int]:
    """The indexes of the right choices. They are named by the correct response or, if there is none, by a mapping with
    points above 0.

    Raises ``_Unread`` if they cannot be determined.
    """
    values = [value for value in _values(declared) if value]
    if not values:
        mapped = [
            (one.get("map-key", ""), _number(one.get("mapped-value", "")))
            for one in declared.iter()
            if _local(one) == "qti-map-entry"
        ]
        worth = [(key, value) for key, value in mapped if value > 0]
        best = max((value for _, value in worth), default=0.0)
        values = [key for key, value in worth if is_several or value == best]
    if not values or not set(values) <= set(identifiers) or len(set(values)) < len(values):
        raise _Unread("no_key")
    if not is_several and len(values) != 1:
        raise _Unread("no_key")
    return [identifiers.index(value) for value in values]


def _filled_in(
    body: Any, interaction: Any, declared: Any, kind: QuestionKind, shared: dict[str, Any]
) -> PackagedItem:
    """An item without options, as ``writing`` writes it: a text, perhaps with a gap, or a question with the facts of
    its answer.
    """
    gap: tuple[int, int] | None = None
    if kind == "short_answer":
        facts = [one for one in body.iter() if _local(one) == "li"]
        accepted = [_plain(_visible_text(fact)) for fact in facts]
        question = _plain(_visible_text(body, but=interaction))
    else:
        mapped = [one.get("map-key", "") for one in declared.iter() if _local(one) == "qti-map-entry"]
        accepted = list(dict.fromkeys(map(_plain, [*_values(declared), *mapped])))
        line = interaction.getparent()
        before, after = line.text or "", interaction.tail or ""
        question = _plain(_visible_text(body, but=interaction))
        if kind == "cloze" and (before.strip() or after.strip()):
            blank = interaction.get("placeholder-text") or GAP
            gap = (len(before), len(before) + len(blank))
            question = f"{before}{blank}{after}"
    if not question or not any(accepted):
        raise _Unread("no_key" if question else "no_question")
    return PackagedItem(
        question=question, options=(), right=(), accepted=tuple(filter(None, accepted)), gap=gap, **shared
    )


def _explanation(root: Any, declared: Any) -> str:
    """The feedback after the answer: the only one, or else the one for the right answer; "" if there is none."""
    feedback = [one for one in root if _local(one) == "qti-modal-feedback"]
    if len(feedback) > 1:
        right = set(_values(declared))
        feedback = [one for one in feedback if one.get("identifier") in right]
    return _plain(_visible_text(feedback[0])) if len(feedback) == 1 else ""


def _values(declared: Any) -> list[str]:
    correct = [one for one in declared if _local(one) == "qti-correct-response"]
    return [_plain(one.text or "") for under in correct for one in under.iter() if _local(one) == "qti-value"]


def _visible_text(element: Any, *, but: Any = None, prompt: bool = False) -> str:
    """The visible text of the element. The interaction ``but`` is left out, except its prompt if ``prompt`` is true.

    Raises ``_Unread`` for a raised or lowered character that Unicode does not have: written on the line, it would mean
    something else.
    """
    parts: list[str] = []

    def collect(one: Any) -> None:
        name = _local(one)
        if name in _HIDDEN and not (
            name == "qti-rubric-block" and "candidate" in one.get("view", "").split()
        ):
            return
        if one is but:
            if prompt:
                for child in one:
                    if _local(child) == "qti-prompt":
                        collect(child)
            return
        if name in _SHIFTED:
            parts.append(_shifted(name, "".join(one.itertext()).strip(), "".join(parts)))
            return
        parts.append(" " if name in _BLOCKS or name == "qti-prompt" else "")
        parts.append(one.text or "")
        for child in one:
            if isinstance(child.tag, str):
                collect(child)
            parts.append(child.tail or "")
        parts.append(" " if name in _BLOCKS or name == "qti-prompt" else "")

    collect(element)
    return "".join(parts)


def _shifted(name: str, text: str, before: str) -> str:
    if before[-1:].isdigit() and text in _ORDINALS:
        return text
    shifted = text.translate(_SHIFTED[name])
    if any(ord(letter) not in _SHIFTED[name] for letter in text):
        raise _Unread("media")
    return shifted


def _plain(text: str) -> str:
    return " ".join(text.split())


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _local(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
