"""The REST routes, one file per topic. Each file declares its schemas, then its views."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.http import Api
from chalicelib.routes import (
    assignments,
    bank,
    chat,
    decisions,
    exchange,
    files,
    flashcards,
    interviews,
    privacy,
    profile,
    quizzes,
    regrades,
    reviews,
    service,
    subjects,
    teacher,
)

ROUTES: tuple[Callable[[Api], None], ...] = (
    service.register,
    files.register,
    chat.register,
    subjects.register,
    quizzes.register,
    reviews.register,
    flashcards.register,
    profile.register,
    interviews.register,
    decisions.register,
    regrades.register,
    teacher.register,
    bank.register,
    assignments.register,
    exchange.register,
    privacy.register,
)
"""The functions that declare the routes. Their order is the order in the OpenAPI document."""
