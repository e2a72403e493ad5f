"""The modules to mutate, and the quick tests on the fakes that should notice a mutant."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.changes import Mutant, Name, mutants_of

PROJECT = Path(__file__).parents[2]
EXPLAINED = Path(__file__).with_name("equivalent.toml")


@dataclass(frozen=True, slots=True)
class Target:
    """A module to mutate. ``tests`` run in order until one fails. ``scope`` names the functions, classes and constants
    to mutate; () for the whole module.
    """

    path: str
    tests: tuple[str, ...]
    scope: tuple[str, ...] = ()


_OWNERS = ("tests/api/test_ownership.py",)

AREAS: dict[str, tuple[Target, ...]] = {
    "authorisation": (
        Target(
            "chalicelib/authorizer.py", ("tests/api/test_authorizer.py", "tests/api/test_observability.py")
        ),
        Target(
            "domain/access/admission.py",
            ("tests/services/test_admission.py", "tests/api/test_authorizer.py", "tests/api/test_edge.py"),
        ),
        Target(
            "domain/access/subjects.py",
            ("tests/services/test_admission.py", "tests/api/test_subjects.py", *_OWNERS),
        ),
        Target(
            "domain/access/teaching.py", ("tests/services/test_admission.py", "tests/api/test_teacher.py")
        ),
        Target(
            "adapters/jwt_identity.py",
            (
                "tests/contracts/identity_provider/test_identity_provider.py",
                "tests/contracts/identity_provider/test_supabase_keys.py",
            ),
        ),
        Target(
            "domain/documents/documents.py",
            (
                "tests/domain/test_repositories.py",
                *_OWNERS,
                "tests/api/test_files.py",
                "tests/api/test_chat.py",
                "tests/services/test_ingestion.py",
            ),
            (
                "Documents.add",
                "Documents.get",
                "Documents.find",
                "Documents.find_among",
                "Documents.searchable",
                "Documents.page",
                "Documents.save",
                "Documents.discard",
                "Documents.due",
            ),
        ),
        Target(
            "domain/tutoring/conversations.py",
            ("tests/domain/test_repositories.py", *_OWNERS, "tests/api/test_chat.py"),
            (
                "Conversations.get",
                "Conversations.find",
                "Conversations.page",
                "Conversations.open",
                "Conversations.rename",
                "Conversations.mark_deleting",
            ),
        ),
        Target(
            "domain/quizzes/quizzes.py",
            ("tests/domain/test_repositories.py", *_OWNERS, "tests/api/test_quizzes.py"),
            (
                "Quizzes.add",
                "Quizzes.get",
                "Quizzes.find",
                "Quizzes.page",
                "Quizzes.submit",
                "Quizzes.find_result",
                "Quizzes.results",
            ),
        ),
        Target(
            "domain/interviews/interviews.py",
            ("tests/domain/test_repositories.py", *_OWNERS, "tests/api/test_interviews.py"),
            ("Interviews.get", "Interviews.find", "Interviews.find_of_anyone", "Interviews.page"),
        ),
    ),
    "scoring": (
        Target(
            "domain/quizzes/scoring.py",
            ("tests/properties/test_quiz_scoring.py", "tests/api/test_quizzes.py"),
        ),
        Target(
            "domain/quizzes/credits.py",
            ("tests/properties/test_quiz_kinds.py", "tests/api/test_quiz_kinds.py"),
        ),
        Target("domain/quizzes/spelling.py", ("tests/properties/test_quiz_kinds.py",)),
        Target(
            "domain/quizzes/kinds.py",
            ("tests/domain/test_kinds.py",),
            ("ill_formed", "unfit", "accepted_of", "tolerance_of"),
        ),
        Target(
            "domain/quizzes/solving.py",
            ("tests/services/test_solving.py",),
            ("solved", "_order", "_supported", "_key"),
        ),
        Target(
            "domain/interviews/judging.py",
            (
                "tests/domain/test_judging.py",
                "tests/properties/test_fair_judging.py",
                "tests/contracts/agent/test_analyst.py",
                "tests/api/test_interviewing.py",
            ),
            (
                "FOLLOW_UP_BELOW",
                "_PARTLY",
                "_WORDS_IN_COMMON",
                "_FLUENCY_WEIGHT",
                "_MAX_REMARKS",
                "_MAX_REMARK_CHARACTERS",
                "_MAX_EVIDENCE_CHARACTERS",
                "Judging",
                "_BY_STANCE",
                "_stances",
                "_cased",
                "_sentences",
                "_BEGINNING",
                "_capital",
                "_pieces_of",
                "gives_up",
                "_nearest",
                "_shares_words",
                "_numbers",
                "_number",
                "_quoted",
                "analysis_of",
                "_percent",
                "_followed_up",
                "_remarks",
                "_fluency",
                "_content_stems",
                "_stem",
            ),
        ),
    ),
    "mastery": (
        Target(
            "domain/progress/mastery.py",
            ("tests/properties/test_mastery.py", "tests/services/test_progress.py"),
        ),
        Target(
            "domain/progress/evidence.py",
            ("tests/properties/test_mastery.py", "tests/services/test_progress.py"),
        ),
        Target(
            "domain/progress/rollup.py",
            (
                "tests/services/test_progress.py",
                "tests/properties/test_mastery.py",
                "tests/domain/test_analytics.py",
            ),
        ),
        Target("domain/progress/class_snapshot.py", ("tests/properties/test_class_shares.py",)),
        Target(
            "domain/progress/class_shares.py",
            ("tests/api/test_class_shares.py", "tests/properties/test_class_shares.py"),
        ),
    ),
    "citations": (
        Target(
            "domain/agents/grounding.py",
            ("tests/domain/test_grounding.py", "tests/domain/test_links.py", "tests/api/test_chat.py"),
        ),
        Target("domain/text/quotes.py", ("tests/domain/test_grounding.py",)),
        Target(
            "domain/documents/passage.py", ("tests/domain/test_passage.py", "tests/domain/test_grounding.py")
        ),
    ),
    "leases": (
        Target(
            "domain/documents/document_words.py",
            ("tests/domain/test_document.py", "tests/services/test_ingestion.py", "tests/api/test_files.py"),
            ("UPLOAD_SECONDS",),
        ),
        Target(
            "domain/documents/document.py",
            ("tests/domain/test_document.py", "tests/services/test_ingestion.py", "tests/api/test_files.py"),
            (
                "Document",
                "LEASE_SECONDS",
                "TOMBSTONE_SECONDS",
                "_GRACE_SECONDS",
                "_FIRST_RETRY_SECONDS",
                "_LONGEST_RETRY_SECONDS",
                "MAX_TRIES",
            ),
        ),
        Target(
            "domain/interviews/interview.py",
            (
                "tests/domain/test_interview.py",
                "tests/api/test_interviews.py",
                "tests/api/test_interviewing.py",
                "tests/api/test_transcriber.py",
            ),
        ),
        Target(
            "domain/interviews/interviews.py",
            (
                "tests/domain/test_repositories.py",
                "tests/api/test_interviewing.py",
                "tests/api/test_transcriber.py",
            ),
            (
                "Interviews.due",
                "Interviews.add",
                "Interviews.change",
                "Interviews.set_material",
                "Interviews._stored",
                "Interviews._write_beside",
                "Interviews._has_part",
                "Interviews._transact",
            ),
        ),
        Target(
            "domain/interviews/decisions.py",
            (
                "tests/domain/test_interview_decisions.py",
                "tests/api/test_interviewing.py",
                "tests/api/test_transcriber.py",
            ),
        ),
        Target(
            "domain/documents/ingestion.py",
            (
                "tests/services/test_ingestion.py",
                "tests/services/test_knowledge_bases.py",
                "tests/api/test_files.py",
                "tests/api/test_scans.py",
            ),
            (
                "Ingestion.object_created",
                "Ingestion.recognition_stored",
                "Ingestion.ingest",
                "Ingestion._still_recognises",
                "Ingestion._is_recognised",
                "Ingestion._taken",
                "Ingestion.ingest_leased",
                "Ingestion._advance",
                "Ingestion._after_lost_lease",
                "Ingestion._run",
                "Ingestion._process",
                "Ingestion._recognised",
                "Ingestion._started",
                "Ingestion._begin_recognition",
                "Ingestion._were_replaced",
                "Ingestion._fail",
                "Ingestion.sweep",
                "Ingestion._postpone",
                "Ingestion._settle",
                "Ingestion._settle_for_good",
            ),
        ),
        Target(
            "domain/documents/work.py",
            ("tests/services/test_ingestion.py", "tests/api/test_files.py", "tests/api/test_scans.py"),
            ("Work.__init__", "Work.save", "Work.beat", "Work.check_held", "BEAT_SECONDS"),
        ),
    ),
}


def all_mutants() -> list[tuple[str, Target, Mutant]]:
    """Each mutant, with its area and its target."""
    return [
        (area, target, mutant)
        for area, targets in AREAS.items()
        for target in targets
        for mutant in mutants_of(target.path, (PROJECT / target.path).read_text(), target.scope)
    ]


def explained() -> dict[Name, str]:
    """For each mutant that may survive: why no test can notice it, or why none should."""
    listed = tomllib.loads(EXPLAINED.read_text())["equivalent"]
    return {(one["path"], one["within"], one["change"]): one["why"] for one in listed}
