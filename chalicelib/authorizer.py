"""The Lambda authorizer: API Gateway calls it once per token and caches the result."""

from __future__ import annotations

from chalice.app import AuthRequest, AuthResponse

from chalicelib.composition.services import Services
from chalicelib.observed import observing
from domain.base.errors import Unauthenticated
from domain.base.learner import Admitted
from domain.base.moments import to_text


class Unauthorized(Exception):
    """The only error to which API Gateway responds with 401. The message must be exactly this one."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


def authorize(services: Services, request: AuthRequest) -> AuthResponse:
    """Allow the holder of a valid token to call every route: API Gateway caches one policy for all routes.

    Raises ``Unauthorized`` if there is no valid bearer token.
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
    """The values that the gateway passes to the routes. It does not accept null values, so a missing e-mail is ""."""
    learner = admitted.learner
    return {
        "user_id": learner.user_id,
        "auth_user_id": learner.auth_user_id,
        "email": learner.email or "",
        "name": learner.name,
        "role": learner.active_role,
        "until": to_text(admitted.until),
    }
