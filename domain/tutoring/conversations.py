"""Conversations and their messages, by owner."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from domain.base.errors import NotFound
from domain.base.moments import to_text
from domain.base.tables import CONVERSATIONS, MESSAGES, PENDING_INDEX
from domain.documents.passage import Citation
from domain.tutoring.conversation import ContextUsed, Conversation, Message, Said, heard, preview_of
from ports.key_value_store import MAX_PAGE_ITEMS, ConditionFailed, Item, KeyValueStore, Put
from ports.paging import Page, every, pages

_PENDING = "conversations"
_MESSAGE = "m#"
_TURN = "t#"
_APPEND_TRIES = 8


class Conversations:
    def __init__(self, store: KeyValueStore) -> None:
        self._store = store

    def get(self, owner: str, conversation_id: str) -> Conversation:
        """Raises ``NotFound``, alike for one that is not there, being deleted, or another's."""
        conversation = self.find(owner, conversation_id)
        if conversation is None or conversation.deleting:
            raise NotFound("conversation_not_found", "There is no such conversation.")
        return conversation

    def find(self, owner: str, conversation_id: str) -> Conversation | None:
        """The owner's conversation in whatever state, or None."""
        item = self._store.get(CONVERSATIONS, {"conversation_id": conversation_id})
        if item is None or item["user_id"] != owner:
            return None
        return _from_item(item)

    def page(
        self, owner: str, *, subject_id: str | None, limit: int, cursor: str | None
    ) -> Page[Conversation]:
        """The owner's conversations, the latest used first."""
        index = "user-id-index" if subject_id is None else "user-subject-index"
        partition = owner if subject_id is None else _user_subject(owner, subject_id)
        page = self._store.query(
            CONVERSATIONS, partition, index=index, descending=True, limit=limit, cursor=cursor
        )
        return Page([_from_item(item) for item in page.items], page.cursor)

    def messages(self, conversation: Conversation, *, limit: int, cursor: str | None) -> Page[Message]:
        """The conversation's messages, oldest first."""
        page = self._store.query(
            MESSAGES, conversation.conversation_id, prefix=_MESSAGE, limit=limit, cursor=cursor
        )
        return Page([_message_from(item) for item in page.items], page.cursor)

    def open(self, conversation: Conversation) -> Conversation:
        """Store a new conversation. If its id is taken, what stands there is answered instead."""
        made = replace(conversation, version=1)
        try:
            self._store.put(CONVERSATIONS, _to_item(made), unless_exists=True)
        except ConditionFailed:
            return self.get(conversation.user_id, conversation.conversation_id)
        return made

    def append(
        self,
        conversation: Conversation,
        turn_id: str,
        question: Message,
        answer: Message,
        *,
        beside: Callable[[], Sequence[Put]] = tuple,
    ) -> tuple[Message, Message]:
        """Add a question and its answer, both or neither, after whatever stands there by now.

        ``beside`` gives what is to be written with them; it is asked anew where a condition failed.

        A conversation of version 0 is new and made by this. A turn that was stored before is answered
        as it was stored, and nothing is added. Raises ``NotFound`` if the conversation was deleted.
        """
        turn_key = {"conversation_id": conversation.conversation_id, "sort_key": _TURN + turn_id}
        for _ in range(_APPEND_TRIES):
            count = conversation.message_count
            grown = replace(
                conversation,
                message_count=count + 2,
                last_message_preview=preview_of(answer.content),
                recent=heard(conversation.recent, question, answer),
                updated_at=max(answer.timestamp, conversation.updated_at),
                version=conversation.version + 1,
            )
            turn: Item = {**turn_key, "user_id": conversation.user_id, "first_number": count + 1}
            is_new = conversation.version == 0
            writes = [
                Put(
                    CONVERSATIONS,
                    _to_item(grown),
                    unless_exists=is_new,
                    if_version=None if is_new else conversation.version,
                ),
                Put(MESSAGES, turn, unless_exists=True),
                Put(MESSAGES, _message_item(question, conversation.user_id, count + 1), unless_exists=True),
                Put(MESSAGES, _message_item(answer, conversation.user_id, count + 2), unless_exists=True),
                *beside(),
            ]
            try:
                self._store.transact(writes)
            except ConditionFailed:
                stored = self._store.get(MESSAGES, turn_key)
                found = self.find(conversation.user_id, conversation.conversation_id)
                if found is not None or not is_new:
                    conversation = self.get(conversation.user_id, conversation.conversation_id)
                if stored is not None:
                    return self._turn(conversation, int(stored["first_number"]))
            else:
                return question, answer
        raise ConditionFailed

    def _turn(self, conversation: Conversation, first_number: int) -> tuple[Message, Message]:
        keys = [
            {"conversation_id": conversation.conversation_id, "sort_key": _message_key(number)}
            for number in (first_number, first_number + 1)
        ]
        question, answer = self._store.get_many(MESSAGES, keys)
        if question is None or answer is None:
            raise NotFound("conversation_not_found", "There is no such conversation.")
        return _message_from(question), _message_from(answer)

    def rename(self, owner: str, conversation_id: str, title: str) -> Conversation:
        for _ in range(_APPEND_TRIES):
            conversation = self.get(owner, conversation_id)
            renamed = replace(conversation, title=title, version=conversation.version + 1)
            try:
                self._store.put(CONVERSATIONS, _to_item(renamed), if_version=conversation.version)
            except ConditionFailed:
                continue
            return renamed
        raise ConditionFailed

    def mark_deleting(self, owner: str, conversation_id: str, now: datetime) -> Conversation:
        """Hide the conversation and empty its row. Returns it as it is stored then. Raises ``NotFound``.

        The caller goes on with ``purge``; from ``now`` on, the sweeper does if the caller did not.
        """
        for _ in range(_APPEND_TRIES):
            conversation = self.get(owner, conversation_id)
            marked = replace(
                conversation,
                deleting=True,
                title="",
                last_message_preview="",
                recent=(),
                version=conversation.version + 1,
            )
            item = _to_item(marked) | {"pending": _PENDING, "sweep_at": to_text(now)}
            try:
                self._store.put(CONVERSATIONS, item, if_version=conversation.version)
            except ConditionFailed:
                continue
            return marked
        raise ConditionFailed

    def purge(self, conversation: Conversation) -> None:
        """Remove a conversation that is ``deleting``, with every message."""
        key = {"conversation_id": conversation.conversation_id}
        for page in pages(
            lambda cursor: self._store.query(
                MESSAGES, conversation.conversation_id, limit=MAX_PAGE_ITEMS, cursor=cursor
            )
        ):
            self._store.delete_many(MESSAGES, [MESSAGES.key_of(item) for item in page.items])
        self._store.delete(CONVERSATIONS, key)

    def due(self, now: datetime) -> Iterator[Conversation]:
        """The conversations whose deletion was cut short, of every owner: for the sweeper."""
        due = every(
            lambda cursor: self._store.query(
                CONVERSATIONS, _PENDING, index=PENDING_INDEX, up_to=to_text(now), cursor=cursor
            )
        )
        return map(_from_item, due)


def _user_subject(user_id: str, subject_id: str) -> str:
    return f"{user_id}#{subject_id}"


def _message_key(number: int) -> str:
    return f"{_MESSAGE}{number:08d}"


def _to_item(conversation: Conversation) -> Item:
    item = {name: value for name, value in asdict(conversation).items() if value is not None}
    item["recent"] = list(item["recent"])
    if conversation.deleting:
        del item["updated_at"]  # leaves every list of the owner's
    elif conversation.subject_id is not None:
        item["user_subject"] = _user_subject(conversation.user_id, conversation.subject_id)
    return item


def _from_item(item: Item) -> Conversation:
    fields = {name: value for name, value in item.items() if name in Conversation.__dataclass_fields__}
    fields["recent"] = tuple(Said(**said) for said in item.get("recent", ()))
    return Conversation(**({"updated_at": item["created_at"]} | fields))


def _message_item(message: Message, user_id: str, number: int) -> Item:
    item = {name: value for name, value in asdict(message).items() if value is not None}
    item["citations"] = [asdict(citation) for citation in message.citations]
    return item | {"user_id": user_id, "sort_key": _message_key(number)}


def _message_from(item: Item) -> Message:
    fields = {name: value for name, value in item.items() if name in Message.__dataclass_fields__}
    fields["citations"] = tuple(Citation(**{"subject_id": None} | citation) for citation in item["citations"])
    used = item.get("context_used")
    fields["context_used"] = ContextUsed(**used) if used else None
    return Message(**fields)
