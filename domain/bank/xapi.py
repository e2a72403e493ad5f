"""Turns answers into xAPI statements, for a learning record store.

The actor is an account of the school: a pseudonym that is constant within a subject, without a name, address or user
id. It is made with a secret of the subject, so that nobody can compute it from a user id.
https://github.com/adlnet/xAPI-Spec, version 1.0.3
"""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from typing import Any

from domain.bank.item import ItemVersion
from domain.base.ids import segment
from domain.base.tables import ITEMS
from domain.quizzes.item_answers import ItemAnswer
from domain.quizzes.keys import correct_answer
from domain.quizzes.quiz import Question
from domain.quizzes.quiz_words import LETTERS, Answer
from ports.agent_words import QuestionKind
from ports.key_value_store import ConditionFailed, KeyValueStore
from ports.system import IdGenerator

_ANSWERED = {"id": "http://adlnet.gov/expapi/verbs/answered", "display": {"en": "answered"}}
_INTERACTION = "http://adlnet.gov/expapi/activities/cmi.interaction"
_ASSESSMENT = "http://adlnet.gov/expapi/activities/assessment"
_INTERACTIONS: dict[QuestionKind, str] = {
    "multiple_choice": "choice",
    "multiple_answer": "choice",
    "true_false": "choice",
    "ordering": "sequencing",
    "cloze": "fill-in",
    "numeric": "fill-in",
    "short_answer": "long-fill-in",
}
_PSEUDONYM_CHARACTERS = 32
_SECRET_ROW = "pseudonyms"  # noqa: S105  # the name of a row


class Pseudonyms:
    """The secrets from which the learners' pseudonyms are made."""

    def __init__(self, store: KeyValueStore, ids: IdGenerator) -> None:
        self._store = store
        self._ids = ids

    def secret(self, subject_id: str) -> str:
        """The secret of the subject. It is made at the first call and stays the same."""
        key = {"item_id": f"subject#{segment(subject_id)}", "sort_key": _SECRET_ROW}
        row = self._store.get(ITEMS, key)
        if row is None:
            try:
                self._store.put(ITEMS, key | {"secret": self._ids.new()}, unless_exists=True)
            except ConditionFailed:  # another request made it
                pass
            row = self._store.get(ITEMS, key) or {}
        return str(row["secret"])


def pseudonym(secret: str, user_id: str) -> str:
    """The name of a learner in statements. It is always the same for the same secret, and does not reveal the id."""
    digest = hmac.new(secret.encode(), user_id.encode(), hashlib.sha256)
    return digest.hexdigest()[:_PSEUDONYM_CHARACTERS]


def statement(answer: ItemAnswer, version: ItemVersion | None, secret: str, home: str) -> dict[str, Any]:
    """The statement of one answer. ``home`` is the address of the school's Lyceum. ``version`` is the asked version; if
    it is None, the statement does not contain the question.

    The id is derived from the whole content. So a record store keeps a repeated statement once, and a corrected
    statement beside the earlier one.
    """
    place = f"{home}/subjects/{segment(answer.subject_id)}"
    actor = pseudonym(secret, answer.user_id)
    result: dict[str, Any] = {"response": _pattern(answer.answer)}
    if answer.counts:
        result |= {"score": {"scaled": answer.credit}, "success": answer.credit == 1.0}
    context: dict[str, Any] = {"registration": _uuid(actor, answer.quiz_id), "platform": "Lyceum"}
    if answer.assignment_id is not None:
        assignment = {
            "objectType": "Activity",
            "id": f"{place}/assignments/{segment(answer.assignment_id)}",
            "definition": {"type": _ASSESSMENT},
        }
        context["contextActivities"] = {"parent": [assignment]}
    told = {
        "actor": {"objectType": "Agent", "account": {"homePage": home, "name": actor}},
        "verb": _ANSWERED,
        "object": {
            "objectType": "Activity",
            "id": f"{place}/items/{segment(answer.item_id)}/versions/{answer.item_version}",
            "definition": _definition(answer.kind, version),
        },
        "result": result,
        "context": context,
        "timestamp": answer.answered_at,
    }
    return {"id": _uuid(answer.question_id, json.dumps(told, sort_keys=True)), **told}


def _definition(kind: QuestionKind, version: ItemVersion | None) -> dict[str, Any]:
    told: dict[str, Any] = {"type": _INTERACTION, "interactionType": _INTERACTIONS[kind]}
    if version is None:
        return told
    content = version.content
    told |= {
        "description": {"und": content.question},
        "correctResponsesPattern": _right(content),
    }
    if content.options:
        told["choices"] = [
            {"id": letter, "description": {"und": option}}
            for letter, option in zip(LETTERS, content.options, strict=False)
        ]
    return told


def _right(content: Question) -> list[str]:
    """The patterns of the right answers. Each is right by itself."""
    if content.kind == "short_answer":
        return ["{order_matters=false}" + _pattern(content.accepted)]
    return list(content.accepted) or [_pattern(correct_answer(content))]


def _pattern(answer: Answer | None) -> str:
    if answer is None:
        return ""
    return answer if isinstance(answer, str) else "[,]".join(answer)


def _uuid(*parts: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "\x1f".join(parts)))
