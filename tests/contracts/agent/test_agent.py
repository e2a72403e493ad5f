"""The agents pass their contract. Further tests concern only one of them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from adapters.openai_compatible.agent import OpenAICompatibleAgent
from adapters.system import SystemClock
from fakes.agent import ScriptedAgent
from ports.agent import Agent, CutShort, Refused, Task
from ports.errors import Throttled, TimedOut, Unavailable, UpstreamError
from tests.contracts.agent.contract import CHAT, MARK, AgentContract, said
from tests.stubs.openai_server import OpenAIServer, Scripted, answered, closed_port, event, streamed
from tests.support.offline import OFFLINE
from tests.support.tasks import judge, write_questions

KEY = "sk-canary-5f1d"
QUOTING = 'Plants make sugar. [1 "Photosynthesis is the process by which plants turn light into sugar."]'


def raw(*chunks: bytes) -> Scripted:
    return Scripted(chunks=chunks)


FAILURES: dict[str, tuple[Scripted, type[UpstreamError]]] = {
    "429": (answered({"error": "slow down"}, 429), Throttled),
    "500": (answered({}, 500), Unavailable),
    "503": (answered({}, 503), Unavailable),
    "504": (answered({}, 504), TimedOut),
    "400": (answered({}, 400), Unavailable),
    "302": (answered({}, 302), Unavailable),
    "html": (Scripted(content_type="text/html", chunks=[b"<!doctype html>"]), Unavailable),
    "broken JSON": (raw(b"data: {oops\n\n"), Unavailable),
    "no object": (raw(b"data: [1]\n\n"), Unavailable),
    "no UTF-8": (raw(b"data: \xff\xfe\n\n"), Unavailable),
    "deep JSON": (raw(b"data: " + b"[" * 100_000 + b"\n"), Unavailable),
    "choices no list": (raw(b'data: {"choices": 3}\n\n'), Unavailable),
    "choice no object": (raw(b'data: {"choices": [null]}\n\n'), Unavailable),
    "no choices": (answered({"choices": []}), Unavailable),
    "content no text": (raw(event(content=None, delta={"content": 3})), Unavailable),
    "endless line": (raw(b"x" * (2 << 20)), Unavailable),
    "empty body": (Scripted(), Unavailable),
    "empty reply": (streamed([]), Unavailable),
    "only reasoning": (streamed(["<think>hm"]), Unavailable),
    "no finish": (streamed(["half"], finish=None), Unavailable),
    "cut mid-stream": (replace(streamed(["half"], finish=None), cut=True), Unavailable),
    "another finish": (streamed(["half"], finish="tool_calls"), Unavailable),
    "length": (streamed(["half"], finish="length"), CutShort),
    "length at once": (streamed([], finish="length"), CutShort),
    "content filter": (streamed(["half"], finish="content_filter"), Refused),
    "refusal": (raw(event(delta={"refusal": "No."})), Refused),
    "error event": (raw(b'data: {"error": {"code": 500}}\n\n'), Unavailable),
    "throttled event": (raw(b'data: {"error": {"code": 429}}\n\n'), Throttled),
}


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        yield running


@pytest.fixture
def compatible(server: OpenAIServer) -> Iterator[OpenAICompatibleAgent]:
    agent = OpenAICompatibleAgent(server.url, "a-model", KEY, SystemClock())
    yield agent
    agent.close()


class CitesWhatItHas(AgentContract):
    """These two agents cite only passages that they got. A language model may cite others; the grounding checks that."""

    def test_without_passages_nothing_is_cited(self, agent: Agent) -> None:
        assert MARK.findall(said(agent, replace(CHAT, passages=()))) == []


class TestScriptedAgentContract(CitesWhatItHas):
    @pytest.fixture
    def agent(self) -> Agent:
        return ScriptedAgent()


class TestOfflineAgentContract(CitesWhatItHas):
    @pytest.fixture
    def agent(self) -> Agent:
        return OFFLINE


class TestOpenAICompatibleAgentContract(AgentContract):
    @pytest.fixture
    def agent(self, server: OpenAIServer, compatible: OpenAICompatibleAgent) -> Agent:
        server.script(streamed(QUOTING.partition(" make")), streamed([QUOTING]), streamed([QUOTING]))
        return compatible


class TestScriptedAgent:
    def test_replies_come_in_the_order_they_were_enqueued(self) -> None:
        agent = ScriptedAgent()
        agent.enqueue("one")
        agent.enqueue(["t", "wo"])
        agent.enqueue(lambda task: task.session_id.upper())
        assert [list(agent.reply(CHAT, timeout=1)) for _ in range(3)] == [
            ["one"],
            ["t", "wo"],
            ["SESSION-1"],
        ]

    def test_a_scripted_error_is_raised_at_once_or_at_its_place(self) -> None:
        agent = ScriptedAgent()
        agent.enqueue(Throttled("agent"))
        agent.enqueue(["half", Unavailable("agent")])
        with pytest.raises(Throttled):
            agent.reply(CHAT, timeout=1)
        reply = agent.reply(CHAT, timeout=1)
        assert next(reply) == "half"
        with pytest.raises(Unavailable):
            next(reply)

    def test_it_remembers_copies_of_what_it_was_asked(self) -> None:
        agent = ScriptedAgent()
        schema = {"type": "object"}
        agent.reply(replace(write_questions(), schema=schema), timeout=2.5)
        schema["type"] = "array"
        assert agent.tasks[0].schema == {"type": "object"}
        assert agent.timeouts == [2.5]

    @pytest.mark.parametrize("session_id", ["", "a", "a" * 101, "with space", "émile", "ok\n"])
    def test_it_refuses_a_session_id_that_bedrock_would(self, session_id: str) -> None:
        with pytest.raises(ValueError, match="session_id"):
            ScriptedAgent().reply(replace(CHAT, session_id=session_id), timeout=1)

    def test_it_refuses_a_reply_of_no_tokens(self) -> None:
        with pytest.raises(ValueError, match="max_tokens"):
            ScriptedAgent().reply(replace(CHAT, max_tokens=0), timeout=1)

    def test_it_refuses_passages_that_are_not_numbered_from_one_each_differently(self) -> None:
        first, second = CHAT.passages
        unnumbered = replace(first, number=0)
        asked = judge("What?", ["That."], "That.", "This.")
        for task in (
            replace(CHAT, passages=(unnumbered,)),
            replace(CHAT, passages=(first, replace(second, number=1))),
            replace(asked, passage=unnumbered),
        ):
            with pytest.raises(ValueError, match="passage"):
                ScriptedAgent().reply(task, timeout=1)

    @pytest.mark.parametrize("timeout", [0, -1, float("nan")])
    def test_it_refuses_an_invalid_timeout(self, timeout: float) -> None:
        with pytest.raises(ValueError, match="timeout"):
            ScriptedAgent().reply(CHAT, timeout=timeout)


class TestOpenAICompatibleAgent:
    def test_the_request_has_the_task_and_the_settings(
        self, server: OpenAIServer, compatible: OpenAICompatibleAgent
    ) -> None:
        schema = {"type": "object", "properties": {"answer": {"type": "string"}}}
        task = replace(write_questions(), schema=schema, max_tokens=77)
        said(compatible, task)
        asked = server.completions[0]
        assert asked.headers["authorization"] == f"Bearer {KEY}"
        assert asked.body is not None
        assert asked.body["model"] == "a-model"
        assert asked.body["stream"] is True
        assert asked.body["max_tokens"] == 77
        assert asked.body["response_format"]["json_schema"]["schema"] == schema
        assert [(m["role"], m["content"]) for m in asked.body["messages"]] == [
            ("system", task.instructions),
            ("user", task.request),
        ]

    def test_prose_asks_for_no_format_and_no_key_sends_none(self, server: OpenAIServer) -> None:
        agent = OpenAICompatibleAgent(server.url, "a-model", None, SystemClock())
        said(agent, CHAT)
        agent.close()
        asked = server.completions[0]
        assert "authorization" not in asked.headers
        assert asked.body is not None
        assert "response_format" not in asked.body

    @pytest.mark.parametrize("suffix", ["", "/", "/v1", "/v1/"])
    def test_the_address_may_end_in_a_version(self, server: OpenAIServer, suffix: str) -> None:
        agent = OpenAICompatibleAgent(server.url + suffix, "a-model", None, SystemClock())
        assert said(agent, CHAT) == "Hello."
        agent.close()

    @pytest.mark.parametrize(
        "url", ["", "localhost:11434", "ftp://host", "http://", "http://h:p:q", "http://h?x=1"]
    )
    def test_an_invalid_address_is_refused_at_the_start(self, url: str) -> None:
        with pytest.raises(ValueError, match="LYCEUM_LLM_URL"):
            OpenAICompatibleAgent(url, "a-model", None, SystemClock())

    def test_a_key_that_fits_into_no_header_is_refused_without_being_quoted(self) -> None:
        with pytest.raises(ValueError) as caught:
            OpenAICompatibleAgent("http://localhost", "a-model", "geheim\nü", SystemClock())
        assert "geheim" not in str(caught.value)

    def test_the_first_listed_model_is_asked_for_once(self, server: OpenAIServer) -> None:
        server.models = ("first", "second")
        agent = OpenAICompatibleAgent(server.url, None, None, SystemClock())
        said(agent, CHAT)
        said(agent, CHAT)
        agent.close()
        assert [asked.path for asked in server.asked].count("/v1/models") == 1
        assert [asked.body["model"] for asked in server.completions if asked.body] == ["first", "first"]

    def test_a_server_without_models_says_which_setting_helps(self, server: OpenAIServer) -> None:
        server.models = ()
        agent = OpenAICompatibleAgent(server.url, None, None, SystemClock())
        with pytest.raises(Unavailable) as caught:
            said(agent, CHAT)
        agent.close()
        assert "LYCEUM_LLM_MODEL" in caught.value.reason

    def test_pieces_come_as_the_server_gives_them(
        self, server: OpenAIServer, compatible: OpenAICompatibleAgent
    ) -> None:
        server.script(streamed(["Plants ", "make ", "sugar."]))
        assert list(compatible.reply(CHAT, timeout=5)) == ["Plants ", "make ", "sugar."]

    @pytest.mark.parametrize("size", [1, 2, 3, 5, 7])
    def test_characters_and_lines_may_be_cut_anywhere(
        self, server: OpenAIServer, compatible: OpenAICompatibleAgent, size: int
    ) -> None:
        text = "光合作用 – \u2028 é 🌱\x85"
        whole = b": ping\r\n\r\n" + event(text).replace(b"\n", b"\r\n") + event(finish="stop")
        server.script(Scripted(chunks=[whole[i : i + size] for i in range(0, len(whole), size)]))
        assert said(compatible, CHAT) == text

    def test_a_server_that_does_not_stream_is_understood(
        self, server: OpenAIServer, compatible: OpenAICompatibleAgent
    ) -> None:
        choice = {"index": 0, "message": {"role": "assistant", "content": "Whole."}, "finish_reason": "stop"}
        server.script(
            Scripted(
                content_type="application/json", chunks=[json.dumps({"choices": [choice]}, indent=1).encode()]
            )
        )
        assert said(compatible, CHAT) == "Whole."

    @pytest.mark.parametrize(
        ("pieces", "reply"),
        [
            (["<think>Let me", " see.</thi", "nk>\n\nSugar."], "Sugar."),
            (["<thi", "s is no tag"], "<this is no tag"),
            (["\n", "Sugar."], "\nSugar."),
            (["A <think>", "quoted</think>"], "A <think>quoted</think>"),
        ],
    )
    def test_reasoning_before_the_reply_is_not_part_of_it(
        self, server: OpenAIServer, compatible: OpenAICompatibleAgent, pieces: list[str], reply: str
    ) -> None:
        server.script(streamed(pieces))
        assert said(compatible, CHAT) == reply

    @pytest.mark.parametrize(("scripted", "expected"), FAILURES.values(), ids=FAILURES)
    def test_each_failure_has_its_error(
        self,
        server: OpenAIServer,
        compatible: OpenAICompatibleAgent,
        scripted: Scripted,
        expected: type[UpstreamError],
    ) -> None:
        server.script(scripted)
        with pytest.raises(UpstreamError) as caught:
            said(compatible, CHAT)
        assert type(caught.value) is expected
        assert len(server.completions) == 1
        assert_tells_nothing(caught.value)

    @pytest.mark.parametrize(("status", "setting"), [(401, "API_KEY"), (403, "API_KEY"), (404, "LLM_URL")])
    def test_a_wrong_setting_is_named(
        self, server: OpenAIServer, compatible: OpenAICompatibleAgent, status: int, setting: str
    ) -> None:
        server.script(answered({"error": {"message": f"bad {KEY}"}}, status))
        with pytest.raises(Unavailable) as caught:
            said(compatible, CHAT)
        assert setting in caught.value.reason
        assert_tells_nothing(caught.value)

    def test_an_address_where_nothing_listens_is_unavailable(self) -> None:
        agent = OpenAICompatibleAgent(f"http://127.0.0.1:{closed_port()}", "a-model", KEY, SystemClock())
        with pytest.raises(Unavailable) as caught:
            said(agent, CHAT)
        agent.close()
        assert "LYCEUM_LLM_URL" in caught.value.reason
        assert_tells_nothing(caught.value)

    def test_a_connection_lost_before_the_answer_is_tried_once_more(
        self, server: OpenAIServer, compatible: OpenAICompatibleAgent
    ) -> None:
        server.script(Scripted(dropped=True))
        assert said(compatible, CHAT) == "Hello."
        server.script(Scripted(dropped=True), Scripted(dropped=True))
        with pytest.raises(Unavailable):
            said(compatible, CHAT)
        assert len(server.completions) == 4

    @pytest.mark.parametrize(
        "scripted",
        [
            pytest.param(Scripted(silent=True), id="no first byte"),
            pytest.param(Scripted(chunks=[b": ping\n\n"] * 500, pause=0.02), id="dripping comments"),
            pytest.param(Scripted(chunks=[event("a")] * 500, pause=0.02), id="dripping words"),
            pytest.param(Scripted(chunks=[event("a"), b": end\n\n"], pause=20), id="silence after a word"),
        ],
    )
    def test_the_whole_reply_has_one_deadline(
        self, server: OpenAIServer, compatible: OpenAICompatibleAgent, scripted: Scripted
    ) -> None:
        server.script(scripted)
        began = time.monotonic()
        with pytest.raises(TimedOut):
            said(compatible, CHAT, timeout=0.25)
        assert 0.2 < time.monotonic() - began < 9  # the reply would take 10 seconds or more

    def test_asking_for_the_model_counts_towards_the_deadline(self, server: OpenAIServer) -> None:
        server.script(Scripted(silent=True))
        agent = OpenAICompatibleAgent(server.url, None, None, SystemClock())
        with pytest.raises(TimedOut):
            said(agent, CHAT, timeout=0.2)
        agent.close()

    def test_threads_share_it(self, server: OpenAIServer, compatible: OpenAICompatibleAgent) -> None:
        with ThreadPoolExecutor(8) as pool:
            replies = list(pool.map(lambda _: said(compatible, CHAT), range(24)))
        assert replies == ["Hello."] * 24

    def test_a_lone_surrogate_can_be_sent(
        self, server: OpenAIServer, compatible: OpenAICompatibleAgent
    ) -> None:
        assert said(compatible, replace(CHAT, request="\ud83c")) == "Hello."

    def test_without_time_left_it_times_out_without_a_call(
        self, server: OpenAIServer, compatible: OpenAICompatibleAgent
    ) -> None:
        with pytest.raises(TimedOut):
            compatible.reply(CHAT, timeout=0)
        assert server.asked == []


def assert_tells_nothing(raised: BaseException, task: Task = CHAT) -> None:
    told = ""
    error: BaseException | None = raised
    while error is not None:
        told += f"{error!r} {error}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    for secret in (KEY, task.request, task.instructions):
        assert secret not in told
