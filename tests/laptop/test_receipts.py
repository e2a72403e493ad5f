"""The laptop has only one server process. So after a kill, the next server need not wait for requests of the killed one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib.composition.profiles.local.adapters import LocalAdapters
from chalicelib.composition.services import Services
from chalicelib.settings import read_settings
from domain.base.errors import Conflict
from ports.key_value_store import MAX_ITEM_BYTES

REQUEST = ("ada", "POST /api/chat []", "key", "fingerprint")


def server(data: Path) -> Services:
    settings = read_settings({"LYCEUM_DATA": str(data)})
    return Services(settings, LocalAdapters(settings))


def test_a_request_that_a_killed_server_was_answering_is_taken_over_at_once(tmp_path: Path) -> None:
    killed = server(tmp_path)
    killed.receipts.claim(*REQUEST, killed.clock.now() - timedelta(seconds=1))
    following = server(tmp_path)
    taken_over = following.receipts.claim(*REQUEST, following.clock.now())
    assert taken_over.body is None
    with pytest.raises(Conflict) as refused:
        following.receipts.claim(*REQUEST, following.clock.now())
    assert refused.value.code == "request_in_progress"


def test_a_request_that_a_killed_server_had_answered_gets_the_same_answer(tmp_path: Path) -> None:
    killed = server(tmp_path)
    now = killed.clock.now() - timedelta(seconds=1)
    claimed = killed.receipts.claim(*REQUEST, now)
    killed.receipts.settle(claimed, REQUEST[0], REQUEST[3], 200, "{}", now)
    following = server(tmp_path)
    assert following.receipts.claim(*REQUEST, following.clock.now()).body == "{}"


def test_an_answer_too_large_for_a_row_is_not_kept_and_the_request_may_be_repeated(tmp_path: Path) -> None:
    services = server(tmp_path)
    claimed = services.receipts.claim(*REQUEST, services.clock.now())
    services.receipts.settle(
        claimed, REQUEST[0], REQUEST[3], 200, "x" * (MAX_ITEM_BYTES + 1), services.clock.now()
    )
    with pytest.raises(Conflict) as refused:
        services.receipts.claim(*REQUEST[:3], "another body's", services.clock.now())
    assert refused.value.code == "idempotency_key_reused"
    assert services.receipts.claim(*REQUEST, services.clock.now()).body is None
