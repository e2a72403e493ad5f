"""The check of a model server costs nothing: it only requests the list of models."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from adapters.openai_compatible.agent import OpenAICompatibleAgent
from adapters.system import SystemClock
from ports.agent import Checkable
from ports.errors import Unavailable, UpstreamError
from tests.stubs.openai_server import Asked, OpenAIServer, Scripted, answered, closed_port


@dataclass
class Refusing(OpenAIServer):
    """A server that refuses every request, including the list of models."""

    status: int = 404

    def next_for(self, asked: Asked) -> Scripted:
        self.asked.append(asked)
        return answered({"error": {"message": "no"}}, self.status)


def agent_at(url: str, model: str | None = "a-model") -> OpenAICompatibleAgent:
    return OpenAICompatibleAgent(url, model, None, SystemClock())


def test_a_server_that_lists_its_models_is_well() -> None:
    with OpenAIServer() as server:
        agent = agent_at(server.url)
        assert isinstance(agent, Checkable)
        agent.check(timeout=5)
        assert server.completions == []


def test_a_server_without_a_list_is_well_if_the_model_is_named() -> None:
    with Refusing() as server:
        agent_at(server.url).check(timeout=5)
        with pytest.raises(UpstreamError):
            agent_at(server.url, None).check(timeout=5)


@pytest.mark.parametrize("status", [401, 403, 500, 503])
def test_a_server_that_refuses_is_not_well(status: int) -> None:
    with Refusing(status=status) as server, pytest.raises(UpstreamError):
        agent_at(server.url).check(timeout=5)


def test_a_server_that_is_gone_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        agent_at(f"http://127.0.0.1:{closed_port()}").check(timeout=5)
