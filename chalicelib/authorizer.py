"""The Lambda authorizer: API Gateway asks it once per token and remembers the answer."""

from __future__ import annotations

from chalice.app import AuthRequest, AuthResponse

from chalicelib.composition.services import Services
from chalicelib.observed import observing
from domain.base.errors import Unauthenticated
from domain.base.learner import Admitted
from domain.base.moments import to_text


class Unauthorized(Exception):
    """API Gateway answers 401 if, and only if, the authorizer fails with this one word."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


def authorize(services: Services, request: AuthRequest) -> AuthResponse:
    """Let the holder of a valid token in, to every route: the policy is remembered for all of them.

    Raises ``Unauthorized``.
    """
    scheme, _, token = request.token.partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthorized
    with observing(services, "authorize", seconds=services.settings.request_seconds) as fields:
        try:
            admitted = services.admission.admit(token.strip())
        except Unauthenticated:
            raise Unauthorized from None
        fields["user_id"] = admitted.learner.user_id
    return AuthResponse(routes=["*"], principal_id=admitted.learner.user_id, context=context_of(admitted))


def context_of(admitted: Admitted) -> dict[str, str]:
    """What the gateway hands to the views; it takes no nulls."""
    learner = admitted.learner
    return {
        "user_id": learner.user_id,
        "auth_user_id": learner.auth_user_id,
        "email": learner.email or "",
        "name": learner.name,
        "role": learner.active_role,
        "until": to_text(admitted.until),
    }
