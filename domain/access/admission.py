"""Admission of people: finds the learner to whom an access token belongs."""

from __future__ import annotations

from domain.access.classes import is_class_owner
from domain.base.errors import Unauthenticated
from domain.base.learner import Admitted, Learner
from ports.directory import Directory
from ports.identity_provider import IdentityProvider, InvalidToken


class Admission:
    def __init__(self, identity: IdentityProvider, directory: Directory) -> None:
        self._identity = identity
        self._directory = directory

    def admit(self, token: str) -> Admitted:
        """The learner to whom the token belongs, and when the token expires. Raises ``Unauthenticated``, which gives no
        reason.

        A person whom the directory does not know has their own documents and no subject. Access to a subject comes from
        the directory's enrolment, never from a claim of the token.
        """
        try:
            claims = self._identity.verify(token)
        except InvalidToken:
            raise Unauthenticated("invalid_token", "The access token is not valid.") from None
        if is_class_owner(claims.auth_user_id):
            raise Unauthenticated("invalid_token", "The access token is not valid.")
        person = self._directory.person(claims.auth_user_id)
        if person is None:
            learner = Learner(claims.auth_user_id, claims.auth_user_id, claims.email, "", "student")
        else:
            email = person.email or claims.email
            learner = Learner(person.user_id, person.auth_user_id, email, person.name, person.active_role)
        return Admitted(learner, claims.expires_at)
