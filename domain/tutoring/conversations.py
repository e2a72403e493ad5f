"""The repository of conversations and their messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from domain.agents.outcomes import Statement
from domain.base.errors import NotFound
from domain.base.moments import to_text
from domain.base.retrying import retried
from domain.base.tables import CONVERSATIONS, MESSAGES, PENDING_INDEX
from domain.documents.document import warning_from
from domain.documents.passage import citation_from
from domain.tutoring.conversation import (
    ContextUsed,
    Conversation,
    Message,
    Said,
    Unread,
    preview_of,
    with_recent,
)
from ports.key_value_store import MAX_PAGE_ITEMS, ConditionFailed, Item, KeyValueStore, Put
from ports.paging import Page, every, pages

_PENDING = "conversations"
_MESSAGE = "m#"
_TURN = "t#"


class Conversations:
    def __init__(self, store: KeyValueStore) -> None:
        self._store = store

    def get(self, owner: str, conversation_id: str) -> Conversation:
        """The owner's conversation. Raises ``NotFound`` if it does not exist, is being deleted or belongs to another
        user.
        """
        conversation = self.find(owner, conversation_id)
        if conversation is None or conversation.deleting:
            raise NotFound("conversation_not_found", "There is no such conversation.")
        return conversation

    def find(self, owner: str, conversation_id: str) -> Conversation | None:
        """The owner's conversation in any state, or None."""
        item = self._store.get(CONVERSATIONS, {"conversation_id": conversation_id})
        if item is None or item["user_id"] != owner:
            return None
        return _from_item(item)

    def page(
        self, owner: str, *, subject_id: str | None, limit: int, cursor: str | None
    ) -> Page[Conversation]:
        """Up to ``limit`` of the owner's conversations, the last used first."""
        index = "user-id-index" if subject_id is None else "user-subject-index"
        partition = owner if subject_id is None else _user_subject(owner, subject_id)
        page = self._store.query(
            CONVERSATIONS, partition, index=index, descending=True, limit=limit, cursor=cursor
        )
        return Page([_from_item(item) for item in page.items], page.cursor)

    def messages(self, conversation: Conversation, *, limit: int, cursor: str | None) -> Page[Message]:
        """Up to ``limit`` of the conversation's messages, oldest first."""
        page = self._store.query(
            MESSAGES, conversation.conversation_id, prefix=_MESSAGE, limit=limit, cursor=cursor
        )
        return Page([_message_from(item) for item in page.items], page.cursor)

    def open(self, conversation: Conversation) -> Conversation:
        """Store a new conversation and return it. If its id is taken, return the stored conversation.

        Raises ``NotFound`` if the id is taken by another user's conversation, or by one that is being deleted.
        """
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
        """Add a question and its answer, both or neither, after the messages that are stored then. Returns both as
        stored.

        ``conversation`` is as the caller has just read it; it is read again only after a conflict. Version 0 means a
        new conversation, which is stored too. ``beside`` returns the writes for the same transaction; it is called
        again after a conflict.

        If the turn is stored already, it is returned and nothing is added. Raises ``NotFound`` if the conversation
        was deleted, and ``ConditionFailed`` if others keep changing it.
        """
        turn_key = {"conversation_id": conversation.conversation_id, "sort_key": _TURN + turn_id}
        current = conversation

        def added() -> tuple[Message, Message]:
            nonlocal current
            try:
                self._store.transact([*_turn_puts(current, turn_key, question, answer), *beside()])
            except ConditionFailed:
                stored = self._store.get(MESSAGES, turn_key)
                current = self._latest(current)
                if stored is None:
                    raise
                return self._turn(current, int(stored["first_number"]))
            return question, answer

        return retried(added, on=ConditionFailed)

    def _latest(self, conversation: Conversation) -> Conversation:
        """The stored conversation, or the given one if it is new. Raises ``NotFound`` if it was deleted."""
        owner, conversation_id = conversation.user_id, conversation.conversation_id
        if conversation.version == 0 and self.find(owner, conversation_id) is None:
            return conversation
        return self.get(owner, conversation_id)

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
        """Change the title and return the stored conversation. Raises ``NotFound``."""

        def renamed() -> Conversation:
            conversation = self.get(owner, conversation_id)
            changed = replace(conversation, title=title, version=conversation.version + 1)
            self._store.put(CONVERSATIONS, _to_item(changed), if_version=conversation.version)
            return changed

        return retried(renamed, on=ConditionFailed)

    def mark_deleting(self, owner: str, conversation_id: str, now: datetime) -> Conversation:
        """Hide the conversation, empty its row, and return it as stored. Raises ``NotFound``.

        The caller continues with ``purge``. If it does not, the sweeper does so after ``now``.
        """

        def marked() -> Conversation:
            conversation = self.get(owner, conversation_id)
            changed = replace(
                conversation,
                deleting=True,
                title="",
                last_message_preview="",
                recent=(),
                version=conversation.version + 1,
            )
            item = _to_item(changed) | {"pending": _PENDING, "sweep_at": to_text(now)}
            self._store.put(CONVERSATIONS, item, if_version=conversation.version)
            return changed

        return retried(marked, on=ConditionFailed)

    def purge(self, conversation: Conversation) -> None:
        """Delete a conversation that is marked as deleting, with all its messages."""
        key = {"conversation_id": conversation.conversation_id}
        for page in pages(
            lambda cursor: self._store.query(
                MESSAGES, conversation.conversation_id, limit=MAX_PAGE_ITEMS, cursor=cursor
            )
        ):
            self._store.delete_many(MESSAGES, [MESSAGES.key_of(item) for item in page.items])
        self._store.delete(CONVERSATIONS, key)

    def due(self, now: datetime) -> Iterator[Conversation]:
        """The conversations of all owners whose deletion was interrupted. Only the sweeper may call this."""
        due = every(
            lambda cursor: self._store.query(
                CONVERSATIONS, _PENDING, index=PENDING_INDEX, up_to=to_text(now), cursor=cursor
            )
        )
        return map(_from_item, due)


def is_message(row: Item) -> bool:
    """Whether a row of the table is a message, and not the note of a turn."""
    return bool(row["sort_key"].startswith(_MESSAGE))


def _user_subject(user_id: str, subject_id: str) -> str:
    return f"{user_id}#{subject_id}"


def _message_key(number: int) -> str:
    return f"{_MESSAGE}{number:08d}"


def _turn_puts(
    conversation: Conversation, turn_key: Mapping[str, str], question: Message, answer: Message
) -> list[Put]:
    """The writes that add the turn at the end. They fail if the stored conversation is at another version."""
    count, owner = conversation.message_count, conversation.user_id
    grown = replace(
        conversation,
        message_count=count + 2,
        last_message_preview=preview_of(answer.content),
        recent=with_recent(conversation.recent, question, answer),
        updated_at=max(answer.timestamp, conversation.updated_at),
        version=conversation.version + 1,
    )
    turn: Item = {**turn_key, "user_id": owner, "first_number": count + 1}
    is_new = conversation.version == 0
    return [
        Put(
            CONVERSATIONS,
            _to_item(grown),
            unless_exists=is_new,
            if_version=None if is_new else conversation.version,
        ),
        Put(MESSAGES, turn, unless_exists=True),
        Put(MESSAGES, _message_item(question, owner, count + 1), unless_exists=True),
        Put(MESSAGES, _message_item(answer, owner, count + 2), unless_exists=True),
    ]


def _to_item(conversation: Conversation) -> Item:
    item = {name: value for name, value in asdict(conversation).items() if value is not None}
    item["recent"] = list(item["recent"])
    if conversation.deleting:
        del item["updated_at"]  # without it, the row is in no index that lists the owner's conversations
    elif conversation.subject_id is not None:
        item["user_subject"] = _user_subject(conversation.user_id, conversation.subject_id)
    return item


def _from_item(item: Item) -> Conversation:
    fields = {name: value for name, value in item.items() if name in Conversation.__dataclass_fields__}
    fields["recent"] = tuple(Said(**said) for said in item.get("recent", ()))
    return Conversation(**({"updated_at": item["created_at"]} | fields))


def _message_item(message: Message, user_id: str, number: int) -> Item:
    item = {name: value for name, value in asdict(message).items() if value is not None}
    item["citations"] = [citation.stored() for citation in message.citations]
    item["statements"] = [
        asdict(statement) | {"citations": list(statement.citations)} for statement in message.statements
    ]
    item["unread"] = [asdict(one) | {"warning": one.warning.stored()} for one in message.unread]
    return item | {"user_id": user_id, "sort_key": _message_key(number)}


def _message_from(item: Item) -> Message:
    fields = {name: value for name, value in item.items() if name in Message.__dataclass_fields__}
    fields["citations"] = tuple(map(citation_from, item["citations"]))
    used = item.get("context_used")
    fields["context_used"] = ContextUsed(**used) if used else None
    fields["statements"] = tuple(
        Statement(
            int(one["start"]),
            int(one["end"]),
            tuple(int(number) for number in one["citations"]),
            one["support"],
        )
        for one in item.get("statements", ())
    )
    fields["unread"] = tuple(
        Unread(one["file_id"], one["source_file"], warning_from(one["warning"]))
        for one in item.get("unread", ())
    )
    if item["message_type"] == "assistant" and "outcome" not in item:  # stored before there were outcomes
        fields["outcome"] = "answered" if item["citations"] else "not_found"
    return Message(**fields)
