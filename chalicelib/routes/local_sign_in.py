"""Routes that sign anybody in as any person of the demo school, without a password. Only the laptop has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from chalicelib.http import Api, Call, NoBody
from chalicelib.schemas import Identifier
from domain.base.errors import NotFound

if TYPE_CHECKING:
    from ports.directory import Person


class LocalPerson(msgspec.Struct):
    user_id: str
    name: str
    active_role: str


class PeopleAnswer(msgspec.Struct):
    people: list[LocalPerson]


class SignIn(msgspec.Struct, forbid_unknown_fields=True):
    user_id: Identifier


class TokenAnswer(msgspec.Struct):
    token: str


def register(api: Api, people: Callable[[], Sequence[Person]], mint: Callable[[Person], str]) -> None:
    """``people`` returns the demo school's people; ``mint`` makes an access token for one of them."""

    @api.route("GET", "/local/people", answers=PeopleAnswer, is_public=True)
    def list_people(call: Call[NoBody, NoBody]) -> PeopleAnswer:
        """The people of the demo school."""
        return PeopleAnswer([LocalPerson(one.user_id, one.name, one.active_role) for one in people()])

    @api.route(
        "POST",
        "/local/tokens",
        body=SignIn,
        example=SignIn(user_id="ada"),
        answers=TokenAnswer,
        is_public=True,
        refuses={"person_not_found": (404, "The demo school has no such person.")},
    )
    def sign_in(call: Call[SignIn, NoBody]) -> TokenAnswer:
        """An access token for a person of the demo school."""
        person = next((one for one in people() if one.user_id == call.body.user_id), None)
        if person is None:
            raise NotFound("person_not_found", "The demo school has no such person.", field="user_id")
        return TokenAnswer(mint(person))
