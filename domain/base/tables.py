"""The definitions of all tables. The DynamoDB resources, the SQLite tables and the fake are made from them.

Names and keys are those of the seed design. A ``pending-index`` lists only rows that need further work: the row has its
partition attribute as long as work is left, and the sweeper reads the index by time.

Each table declares whether and how its rows are personal data. Erasure and export follow these declarations: a new
table whose rows have a ``user_id`` needs no other change to be erased and exported.
"""

from __future__ import annotations

from ports.key_value_store import Index, Table
from ports.personal_data import NotPersonal, Personal, PersonalThrough

PENDING_INDEX = "pending-index"
_PENDING = Index(PENDING_INDEX, partition="pending", sort="sweep_at")

FILES = Table(
    "lms-user-files",
    partition="file_id",
    indexes=(
        Index("user-id-index", partition="user_id", sort="upload_timestamp"),
        Index("subject-id-index", partition="subject_id", sort="upload_timestamp"),
        Index("session-id-index", partition="session_id", sort="upload_timestamp"),
        _PENDING,
    ),
    ttl="ttl",
    personal=Personal(
        called="documents",
        owner="user_id",
        index="user-id-index",
        written_at=("upload_timestamp",),
        erased_by="documents",
        exported_by="documents",
    ),
)
"""The row of a deleted document stays for a day, without its name and not in the owner's index, so that a late upload
event finds it deleted. The ``user_id`` of a class material is the class owner's.
"""
CONVERSATIONS = Table(
    "lms-chat-conversations",
    partition="conversation_id",
    indexes=(
        Index("user-id-index", partition="user_id", sort="updated_at"),
        Index("user-subject-index", partition="user_subject", sort="updated_at"),
        _PENDING,
    ),
    personal=Personal(
        called="conversations",
        owner="user_id",
        index="user-id-index",
        written_at=("created_at",),
        erased_by="conversations",
        exported_by="conversations",
    ),
)
MESSAGES = Table(
    "lms-chat-messages",
    partition="conversation_id",
    sort="sort_key",
    personal=PersonalThrough(
        called="messages",
        parent=CONVERSATIONS,
        erased_by="conversations",
        exported_by="conversations",
    ),
)
ACTIVE_SESSIONS = Table(
    "lms-active-sessions",
    partition="session_id",
    indexes=(Index("user-id-index", partition="user_id", sort="session_id"),),
    ttl="ttl",
    personal=Personal(
        called="active_sessions",
        owner="user_id",
        index="user-id-index",
        written_at=("created_at",),
        ownerless="counts of what was used of a day's allowance: numbers, kept for two days under a digest of the"
        " user's id, because an erasure would otherwise give a new allowance",
        not_exported="tickets open a connection, and kept answers repeat what the export shows elsewhere",
    ),
)
WEBSOCKET_CONNECTIONS = Table(
    "lms-websocket-connections",
    partition="connection_id",
    indexes=(Index("user-id-index", partition="user_id", sort="connection_id"),),
    ttl="ttl",
    personal=Personal(
        called="websocket_connections",
        owner="user_id",
        index="user-id-index",
        written_at=("connected_at",),
        not_exported="a connection repeats who the learner is, and ends within two hours",
    ),
)

QUIZZES = Table(
    "lms-quizzes",
    partition="quiz_id",
    indexes=(Index("user-id-index", partition="user_id", sort="created_at"),),
    personal=Personal(
        called="quizzes",
        owner="user_id",
        index="user-id-index",
        written_at=("created_at",),
        exported_by="quizzes",
    ),
)
QUIZ_RESULTS = Table(
    "lms-quiz-results",
    partition="result_id",
    indexes=(
        Index("user-id-index", partition="user_id", sort="submitted_at"),
        Index("quiz-id-index", partition="quiz_id", sort="submitted_at"),
    ),
    personal=Personal(
        called="quiz_results",
        owner="user_id",
        index="user-id-index",
        written_at=("submitted_at",),
        goes_with=QUIZZES,
        exported_by="quiz_results",
    ),
)
INTERVIEW_SESSIONS = Table(
    "lms-interview-sessions",
    partition="session_id",
    sort="sort_key",
    indexes=(Index("user-id-index", partition="user_id", sort="started_at"), _PENDING),
    personal=Personal(
        called="interviews",
        owner="user_id",
        index="user-id-index",
        written_at=("started_at",),
        owns_partition=True,
        erased_by="interviews",
        exported_by="interviews",
    ),
)
"""A session, its material, its turns, and the parts of its recordings are one partition."""
LEARNING_EVIDENCE = Table(
    "lms-learning-evidence",
    partition="user_subject",
    sort="sort_key",
    indexes=(Index("user-id-index", partition="user_id", sort="sort_key"), _PENDING),
    personal=Personal(
        called="evidence",
        owner="user_id",
        index="user-id-index",
        written_at=("occurred_at", "began_at", "latest_at"),
        ownerless="notes of erasures that are to be repeated: each goes once nothing is left of what it erases",
        erased_by="evidence",
        exported_by="evidence",
    ),
)
"""The ledger, and what is computed from it: the learner's standing, history and catalogue in the subject."""
REVIEWS = Table(
    "lms-reviews",
    partition="user_id",
    sort="review_id",
    personal=Personal(called="reviews", owner="user_id", written_at=("answered_at",)),
)
"""A learner's decks, one for each subject and folded from the ledger, and a row for each answer to a review."""
ITEMS = Table(
    "lms-items",
    partition="item_id",
    sort="sort_key",
    indexes=(Index("subject-id-index", partition="subject_id", sort="created_at"),),
    personal=NotPersonal(
        "an item belongs to the class, as its materials do; whether an agent or a teacher wrote it is stored, and not who"
    ),
)
"""An item of a class's bank and a row for each of its versions are one partition."""
ASSIGNED_QUIZZES = Table(
    "lms-assigned-quizzes",
    partition="assignment_id",
    personal=NotPersonal("what an assignment asks a whole class; no person is in it"),
)
ITEM_ANSWERS = Table(
    "lms-item-answers",
    partition="subject_item",
    sort="sort_key",
    indexes=(
        Index("user-id-index", partition="user_id", sort="answered_at"),
        Index("assignment-id-index", partition="assignment_id", sort="answered_at"),
    ),
    personal=Personal(
        called="item_answers",
        owner="user_id",
        index="user-id-index",
        written_at=("answered_at",),
        goes_with=QUIZZES,
        not_exported="the results of the quizzes show the same answers",
    ),
)
"""For each item, who answered it in which quiz, and what: an index of quizzes and results."""
APPEALS = Table(
    "lms-appeals",
    partition="subject_id",
    sort="sort_key",
    indexes=(Index("user-id-index", partition="user_id", sort="sort_key"),),
    personal=Personal(called="appeals", owner="user_id", index="user-id-index", written_at=("occurred_at",)),
)
"""The marks of each subject that wait for its teacher, and the decided ones. ``occurred_at`` is the time of the quiz or
the interview, so that a mark is erased with its quiz or interview.
"""
DECISIONS = Table(
    "lms-decisions",
    partition="subject_id",
    sort="sort_key",
    indexes=(Index("user-id-index", partition="user_id", sort="sort_key"),),
    personal=Personal(
        called="decisions",
        owner="user_id",
        index="user-id-index",
        written_at=("occurred_at",),
        ownerless="that there was a decision about a learner who was erased: nothing but the subject and a random id, for"
        " the count",
        erased_by="decisions",
    ),
)
"""The record of teachers' decisions on marks. ``occurred_at`` is that of the quiz or interview."""
REGRADES = Table(
    "lms-regrades",
    partition="regrade_id",
    indexes=(_PENDING,),
    personal=NotPersonal(
        "which key of a class's item was corrected, when, why and by which teacher; no learner is in it. The teacher's id"
        " stays, as in the decisions about learners: the record says who decided"
    ),
)
CLASS_SHARES = Table(
    "lms-class-shares",
    partition="subject_id",
    sort="sort_key",
    indexes=(_PENDING,),
    personal=NotPersonal(
        "shares of right answers of a class, by concept and day, each of at least five learners and rounded; no learner is in"
        " it. What a learner's erasure removes is in no snapshot of a later day"
    ),
)
"""The snapshots of each class, one for each day with answers, and a note if today's snapshot is wanted."""
KNOWLEDGE_BASES = Table(
    "lms-knowledge-bases",
    partition="user_id",
    indexes=(_PENDING,),
    personal=Personal(
        called="knowledge_bases",
        owner="user_id",
        written_at=("created_at",),
        erased_by="knowledge_bases",
        exported_by="knowledge_bases",
    ),
)

TABLES = (
    FILES,
    CONVERSATIONS,
    MESSAGES,
    QUIZZES,
    QUIZ_RESULTS,
    INTERVIEW_SESSIONS,
    LEARNING_EVIDENCE,
    REVIEWS,
    ITEMS,
    ASSIGNED_QUIZZES,
    ITEM_ANSWERS,
    APPEALS,
    DECISIONS,
    REGRADES,
    CLASS_SHARES,
    ACTIVE_SESSIONS,
    WEBSOCKET_CONNECTIONS,
    KNOWLEDGE_BASES,
)
