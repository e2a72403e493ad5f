"""The list of capabilities. A new one is a file in ``capabilities`` and a line here."""

from __future__ import annotations

from chalicelib.composition.capabilities.access import AccessServices
from chalicelib.composition.capabilities.allowances import AllowanceServices
from chalicelib.composition.capabilities.answers import AnswerServices
from chalicelib.composition.capabilities.assigning import AssigningServices
from chalicelib.composition.capabilities.bank import BankServices
from chalicelib.composition.capabilities.documents import DocumentServices
from chalicelib.composition.capabilities.exchange import ExchangeServices
from chalicelib.composition.capabilities.health import HealthServices
from chalicelib.composition.capabilities.ingestion import IngestionServices
from chalicelib.composition.capabilities.interviewing import InterviewingServices
from chalicelib.composition.capabilities.interviews import InterviewServices
from chalicelib.composition.capabilities.learning_records import LearningRecordServices
from chalicelib.composition.capabilities.library import LibraryServices
from chalicelib.composition.capabilities.marking import MarkingServices
from chalicelib.composition.capabilities.practice import PracticeServices
from chalicelib.composition.capabilities.privacy import PrivacyServices
from chalicelib.composition.capabilities.progress import ProgressServices
from chalicelib.composition.capabilities.quiz_records import QuizRecordServices
from chalicelib.composition.capabilities.quizzes import QuizServices
from chalicelib.composition.capabilities.regrading import RegradingServices
from chalicelib.composition.capabilities.teaching import TeachingServices
from chalicelib.composition.capabilities.tutoring import TutoringServices
from chalicelib.composition.capabilities.usage import UsageServices


class Services(
    PrivacyServices,
    TutoringServices,
    RegradingServices,
    TeachingServices,
    MarkingServices,
    PracticeServices,
    ExchangeServices,
    AssigningServices,
    BankServices,
    QuizServices,
    QuizRecordServices,
    InterviewingServices,
    InterviewServices,
    AnswerServices,
    LibraryServices,
    IngestionServices,
    DocumentServices,
    ProgressServices,
    LearningRecordServices,
    UsageServices,
    AllowanceServices,
    AccessServices,
    HealthServices,
):
    """The use cases of every capability, on the adapters of one profile.

    Each service is an attribute. It is imported and built on first use, once. A capability's class inherits from the
    classes that it builds on, and must stand above them in the list of bases: Python refuses any other order.
    """
