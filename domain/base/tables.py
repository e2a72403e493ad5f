"""Every table, defined once: the DynamoDB resources, the SQLite tables and the fake are made from this.

Names and keys are the seed's. A ``pending-index`` holds only rows that somebody must come back to: its
partition attribute is set while the row is in between, and the sweeper reads it by time.
"""

from __future__ import annotations

from ports.key_value_store import Index, Table

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
)
CONVERSATIONS = Table(
    "lms-chat-conversations",
    partition="conversation_id",
    indexes=(
        Index("user-id-index", partition="user_id", sort="updated_at"),
        Index("user-subject-index", partition="user_subject", sort="updated_at"),
        _PENDING,
    ),
)
MESSAGES = Table("lms-chat-messages", partition="conversation_id", sort="sort_key")
ACTIVE_SESSIONS = Table(
    "lms-active-sessions",
    partition="session_id",
    indexes=(Index("user-id-index", partition="user_id", sort="session_id"),),
    ttl="ttl",
)
WEBSOCKET_CONNECTIONS = Table(
    "lms-websocket-connections",
    partition="connection_id",
    indexes=(Index("user-id-index", partition="user_id", sort="connection_id"),),
    ttl="ttl",
)

QUIZZES = Table(
    "lms-quizzes",
    partition="quiz_id",
    indexes=(Index("user-id-index", partition="user_id", sort="created_at"),),
)
QUIZ_RESULTS = Table(
    "lms-quiz-results",
    partition="result_id",
    indexes=(
        Index("user-id-index", partition="user_id", sort="submitted_at"),
        Index("quiz-id-index", partition="quiz_id", sort="submitted_at"),
    ),
)
INTERVIEW_SESSIONS = Table(
    "lms-interview-sessions",
    partition="session_id",
    sort="sort_key",
    indexes=(Index("user-id-index", partition="user_id", sort="started_at"), _PENDING),
)
"""A session, its material, its turns, and the parts of the recording that is being sent: one partition."""
LEARNING_EVIDENCE = Table(
    "lms-learning-evidence",
    partition="user_subject",
    sort="sort_key",
    indexes=(Index("user-id-index", partition="user_id", sort="sort_key"), _PENDING),
)
"""The ledger, and beside it the learner's standing in the subject, which is made from it."""
KNOWLEDGE_BASES = Table("lms-knowledge-bases", partition="user_id", indexes=(_PENDING,))

TABLES = (
    FILES,
    CONVERSATIONS,
    MESSAGES,
    QUIZZES,
    QUIZ_RESULTS,
    INTERVIEW_SESSIONS,
    LEARNING_EVIDENCE,
    ACTIVE_SESSIONS,
    WEBSOCKET_CONNECTIONS,
    KNOWLEDGE_BASES,
)
