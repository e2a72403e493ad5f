"""The habits of various servers with OpenAI's API, as they appear on the network. Each reply arrives complete and
without reasoning.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from adapters.openai_compatible.agent import OpenAICompatibleAgent
from adapters.openai_compatible.refusals import discreet
from adapters.system import SystemClock
from fakes.system import FrozenClock
from ports.agent import CutShort, Refused, Task, TokenUsage
from ports.errors import Throttled, Unavailable, UpstreamError
from tests.contracts.agent.contract import CHAT, said
from tests.stubs.openai_server import OpenAIServer, Scripted, answered, event, streamed
from tests.support.tasks import write_questions

KEY = "sk-canary-77aa"
REPLY = 'Plants make sugar – 光 [1 "turn light into sugar"].'
PIECES = ("Plants ", "make sugar – 光 ", '[1 "turn light into sugar"].')
DONE = b"data: [DONE]\n\n"
COUNTS = {"prompt_tokens": 120, "completion_tokens": 30, "total_tokens": 150}
SMALLER = replace(CHAT, smaller_request="<passages>less</passages>\nWhat is photosynthesis?")
QUESTIONS = replace(write_questions(), schema={"type": "object"}, max_tokens=900)


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        yield running


@pytest.fixture
def agent(server: OpenAIServer) -> Iterator[OpenAICompatibleAgent]:
    made = OpenAICompatibleAgent(server.url, "a-model", KEY, SystemClock())
    yield made
    made.close()


def texts(*pieces: str) -> list[bytes]:
    return [event(piece) for piece in pieces]


def raw(told: Any) -> bytes:
    return b"data: " + json.dumps(told).encode() + b"\n\n"


def ended(*pieces: str, finish: Any = "stop") -> Scripted:
    return Scripted(chunks=[*texts(*pieces), event(finish=finish), DONE])


def whole(**choice: Any) -> Scripted:
    return answered({"object": "chat.completion", "choices": [{"index": 0, **choice}]})


def parts(*pieces: str) -> list[dict[str, str]]:
    return [{"type": "text", "text": piece} for piece in pieces]


def thinking(field: str) -> bytes:
    return event(delta={"role": "assistant", "content": None, field: "The passage says so."})


HABITS: dict[str, Scripted] = {
    "no reason, but the end": Scripted(chunks=[*texts(*PIECES), DONE]),
    "an empty reason": ended(*PIECES, finish=""),
    "an empty reason in each event": Scripted(
        chunks=[*(event(piece, finish="") for piece in PIECES), event(finish="stop"), DONE]
    ),
    "an empty reason and no end": Scripted(chunks=[*texts(*PIECES), event(finish="")]),
    "eos": ended(*PIECES, finish="eos"),
    "end_turn": ended(*PIECES, finish="end_turn"),
    "STOP": ended(*PIECES, finish="STOP"),
    "stop_sequence": ended(*PIECES, finish="stop_sequence"),
    "a number": ended(*PIECES, finish=1),
    "the reason beside the last words": Scripted(
        chunks=[*texts(*PIECES[:-1]), event(PIECES[-1], finish="stop"), DONE]
    ),
    "a reason before the last words": Scripted(
        chunks=[*texts(*PIECES[:-1]), event(finish="stop"), *texts(PIECES[-1]), event(finish="stop"), DONE]
    ),
    "a connection left open after the reason": Scripted(
        chunks=[b"".join([*texts(*PIECES), event(finish="stop")])], pause=20
    ),
    "a connection cut after the reason": Scripted(chunks=[*texts(*PIECES), event(finish="stop")], cut=True),
    "content as parts": Scripted(
        chunks=[event(delta={"content": parts(*PIECES)}), event(finish="stop"), DONE]
    ),
    "parts with their thoughts": Scripted(
        chunks=[
            event(delta={"content": [{"type": "thinking", "thinking": parts("Hm.")}, *parts(*PIECES)]}),
            event(finish="stop"),
            DONE,
        ]
    ),
    "one part": Scripted(
        chunks=[event(delta={"content": {"type": "text", "text": REPLY}}), event(finish="stop"), DONE]
    ),
    "keep-alive comments": Scripted(
        chunks=[b": OPENROUTER PROCESSING\n\n", *texts(*PIECES), b":\n\n", event(finish="stop"), DONE]
    ),
    "keep-alive events": Scripted(
        chunks=[b"event: ping\ndata: {}\n\n", b"data:\n\n", b"ping\n\n", *texts(*PIECES), DONE]
    ),
    "keep-alive data": Scripted(chunks=[b"data: keep-alive\n\n", *texts(*PIECES), event(finish="stop"), DONE]),
    "a byte-order mark": Scripted(chunks=[b"\xef\xbb\xbf", *texts(*PIECES), event(finish="stop"), DONE]),
    "no space after the colon": Scripted(
        chunks=[one.replace(b"data: ", b"data:") for one in [*texts(*PIECES), event(finish="stop"), DONE]]
    ),
    "one line feed between events": Scripted(
        chunks=[one.replace(b"\n\n", b"\n") for one in [*texts(*PIECES), event(finish="stop"), DONE]]
    ),
    "carriage returns alone": Scripted(
        chunks=[one.replace(b"\n", b"\r") for one in [*texts(*PIECES), event(finish="stop"), DONE]]
    ),
    "an event over several lines": Scripted(
        chunks=[
            b'data: {"choices": [{"index": 0,\ndata: "delta": {"content": ' + json.dumps(REPLY).encode() + b"}}]}\n\n",
            event(finish="stop"),
            DONE,
        ]
    ),
    "lines of JSON": Scripted(
        content_type="application/x-ndjson",
        chunks=[
            one.removeprefix(b"data: ").replace(b"\n\n", b"\n") for one in [*texts(*PIECES), event(finish="stop")]
        ],
    ),
    "no stream": whole(message={"role": "assistant", "content": REPLY}, finish_reason="stop"),
    "no stream and no reason": whole(message={"role": "assistant", "content": REPLY}, finish_reason=None),
    "no stream, content as parts": whole(message={"content": parts(*PIECES)}, finish_reason="stop"),
    "the message so far beside each piece": Scripted(
        chunks=[
            *(
                event(piece, message={"content": "".join(PIECES[: number + 1])})
                for number, piece in enumerate(PIECES)
            ),
            event(finish="stop", delta=None, message={"content": REPLY}),
            DONE,
        ]
    ),
    "text of the older API": Scripted(
        chunks=[raw({"choices": [{"text": piece}]}) for piece in PIECES] + [event(finish="stop"), DONE]
    ),
    "no index": Scripted(
        chunks=[raw({"choices": [{"index": None, "delta": {"content": piece}}]}) for piece in PIECES] + [DONE]
    ),
    "counts without a choice": Scripted(
        chunks=[*texts(*PIECES), event(finish="stop"), raw({"choices": [], "usage": COUNTS}), DONE]
    ),
    "filters of the prompt first": Scripted(
        chunks=[raw({"choices": [], "prompt_filter_results": []}), *texts(*PIECES), event(finish="stop"), DONE]
    ),
    "reasoning_content": Scripted(
        chunks=[thinking("reasoning_content"), *texts(*PIECES), event(finish="stop"), DONE]
    ),
    "reasoning": Scripted(chunks=[thinking("reasoning"), *texts(*PIECES), event(finish="stop"), DONE]),
    "reasoning in tags": ended("<think>The pass", "age says</th", "ink>\n\n", *PIECES),
    "reasoning twice": ended("<think></think>\n", "<think>Hm.</think>\n", *PIECES),
    "reasoning in other tags": ended("[THINK]The passage says so.[/TH", "INK]", *PIECES),
    "reasoning in tags of another case": ended("<Thinking>Hm.</thinking>", *PIECES),
    "reasoning opened by the template": ended("The passage", " says so.</thi", "nk>\n\n", *PIECES),
    "reasoning opened by the template, no stream": whole(
        message={"content": f"The passage says so.\n</think>\n\n{REPLY}"}, finish_reason="stop"
    ),
    "channels": ended(
        "<|channel|>analysis<|message|>The user wants", " it.<|end|><|start|>assistant", "<|channel|>fin",
        "al<|message|>", *PIECES, "<|ret", "urn|>",
    ),
    "channels that begin with a start": ended(
        "<|start|>assistant<|channel|>commentary<|message|>Hm.<|end|>",
        "<|start|>assistant<|channel|>final <|constrain|>text<|message|>", *PIECES,
    ),
    "the final channel alone": ended("<|channel|>final<|message|>", *PIECES),
    "channels without their marks": ended("analysis", "The user wants it.assist", "antfinal", *PIECES),
    "a channel of thoughts": ended("<|channel>thought\nHm.\n<chan", "nel|>", *PIECES),
}  # fmt: skip


@pytest.mark.parametrize("scripted", HABITS.values(), ids=HABITS)
def test_the_answer_is_whole_and_shows_no_reasoning(
    server: OpenAIServer, agent: OpenAICompatibleAgent, scripted: Scripted
) -> None:
    server.script(scripted, scripted)
    began = time.monotonic()
    assert said(agent, CHAT).strip() == REPLY
    assert said(agent, CHAT).strip() == REPLY, "the second answer, with what was learned from the first"
    assert time.monotonic() - began < 19  # a pause that nobody needs would take 20 seconds


@pytest.mark.parametrize("size", [1, 7])
@pytest.mark.parametrize(
    "habit", [name for name, scripted in HABITS.items() if not scripted.pause and not scripted.cut]
)
def test_it_does_not_depend_on_where_the_bytes_are_cut(
    server: OpenAIServer, agent: OpenAICompatibleAgent, habit: str, size: int
) -> None:
    data = b"".join(HABITS[habit].chunks)
    server.script(replace(HABITS[habit], chunks=[data[at : at + size] for at in range(0, len(data), size)]))
    assert said(agent, CHAT).strip() == REPLY


@pytest.mark.parametrize(
    ("scripted", "expected"),
    [
        pytest.param(Scripted(chunks=[*texts("Half an")]), Unavailable, id="neither reason nor end"),
        pytest.param(
            Scripted(chunks=[*(event(piece, finish="") for piece in PIECES)]),
            Unavailable,
            id="empty reasons beside words, and no end",
        ),
        pytest.param(ended("<think>only thoughts"), Unavailable, id="thoughts alone"),
        pytest.param(ended("<|channel|>analysis<|message|>only thoughts<|end|>"), Unavailable, id="no final channel"),
        pytest.param(
            Scripted(chunks=[thinking("reasoning_content"), event(finish="stop"), DONE]),
            Unavailable,
            id="reasoning in its field alone",
        ),
        pytest.param(ended("Half an", finish="max_tokens"), CutShort, id="max_tokens"),
        pytest.param(ended("Half an", finish="model_length"), CutShort, id="model_length"),
        pytest.param(
            Scripted(chunks=[b"".join([*texts("Half an"), event(finish="length")])], pause=20),
            CutShort,
            id="cut short, and the connection left open",
        ),
        pytest.param(ended("Half an", finish="SAFETY"), Refused, id="SAFETY"),
        pytest.param(
            Scripted(chunks=[event(delta={"content": [{"type": "refusal", "refusal": "No."}]}), DONE]),
            Refused,
            id="a refusal as a part",
        ),
        pytest.param(ended("Half an", finish="error"), Unavailable, id="error"),
        pytest.param(ended("Half an", finish="abort"), Unavailable, id="abort"),
        pytest.param(
            Scripted(chunks=[*texts("Half an"), raw({"object": "error", "message": "gone", "code": 500})]),
            Unavailable,
            id="an error of an older server",
        ),
        pytest.param(Scripted(chunks=[raw({"detail": "busy"})]), Unavailable, id="a detail"),
    ],
)  # fmt: skip
def test_an_incomplete_answer_raises_an_error(
    server: OpenAIServer, agent: OpenAICompatibleAgent, scripted: Scripted, expected: type[UpstreamError]
) -> None:
    server.script(scripted)
    with pytest.raises(UpstreamError) as caught:
        said(agent, CHAT)
    assert type(caught.value) is expected
    assert len(server.completions) == 1


class TestUnmarkedReasoning:
    THOUGHTS = ("The passage ", "says so.</think>", "\n\nSugar.")

    def test_it_is_taken_out_of_a_later_answer_too(
        self, server: OpenAIServer, agent: OpenAICompatibleAgent
    ) -> None:
        server.script(ended(*self.THOUGHTS), ended(*self.THOUGHTS), ended("No thoughts."))
        assert [said(agent, CHAT), said(agent, CHAT), said(agent, CHAT)] == [
            "Sugar.",
            "Sugar.",
            "No thoughts.",
        ]

    def test_a_server_without_it_streams_from_its_second_answer_on(
        self, server: OpenAIServer, agent: OpenAICompatibleAgent
    ) -> None:
        said(agent, CHAT)
        server.script(Scripted(chunks=[event("Sugar"), *[b": wait\n\n"] * 500], pause=0.02))
        reply = agent.reply(CHAT, timeout=10)
        assert next(reply) == "Sugar"

    def test_unexpected_reasoning_is_not_shown_and_the_next_answer_is_right(
        self, server: OpenAIServer, agent: OpenAICompatibleAgent
    ) -> None:
        server.script(ended("Sugar."), ended(*self.THOUGHTS), ended(*self.THOUGHTS))
        assert said(agent, CHAT) == "Sugar."
        with pytest.raises(Unavailable):
            said(agent, CHAT)
        assert said(agent, CHAT) == "Sugar."

    def test_an_answer_that_was_cut_may_be_reasoning_and_is_not_shown(
        self, server: OpenAIServer, agent: OpenAICompatibleAgent
    ) -> None:
        server.script(ended("The passage says", finish="length"))
        shown: list[str] = []
        with pytest.raises(CutShort):
            shown.extend(agent.reply(CHAT, timeout=5))
        assert shown == []

    def test_an_answer_with_a_schema_tells_nothing_about_prose(
        self, server: OpenAIServer, agent: OpenAICompatibleAgent
    ) -> None:
        server.script(ended("{}"), ended(*self.THOUGHTS))
        assert said(agent, QUESTIONS) == "{}"
        assert said(agent, CHAT) == "Sugar."

    @pytest.mark.parametrize(
        "reply", ["The tag <think>ends with</think>.", "<thin", "ana", "Analysis: it is so."]
    )
    def test_words_about_tags_are_no_reasoning(
        self, server: OpenAIServer, agent: OpenAICompatibleAgent, reply: str
    ) -> None:
        server.script(ended(*reply), ended(*reply))
        assert [said(agent, CHAT), said(agent, CHAT)] == [reply, reply]


def test_the_beginning_of_a_cut_reply_is_still_yielded(
    server: OpenAIServer, agent: OpenAICompatibleAgent
) -> None:
    beginning = '{"questions": [{"question": "What?"}, {"quest'
    server.script(ended(beginning[:20], beginning[20:], finish="length"))
    shown: list[str] = []
    with pytest.raises(CutShort):
        shown.extend(agent.reply(QUESTIONS, timeout=5))
    assert "".join(shown) == beginning


def refused(words: Any, status: int = 400, **headers: str) -> Scripted:
    return replace(answered({"error": words}, status), headers=headers)


def body_of(server: OpenAIServer, number: int) -> dict[str, Any]:
    body = server.completions[number].body
    assert body is not None
    return body


class TestASecondTry:
    """The bodies of the refusals are copied from the servers that the test ids name."""

    @pytest.mark.parametrize(
        "scripted",
        [
            pytest.param(
                refused(
                    {
                        "code": 400,
                        "message": "the request exceeds the available context size, try increasing it",
                        "type": "exceed_context_size_error",
                        "n_prompt_tokens": 5012,
                        "n_ctx": 4096,
                    }
                ),
                id="llama.cpp",
            ),
            pytest.param(
                refused(
                    "This model's maximum context length is 4096 tokens. However, you requested 5120 tokens (4096 in "
                    "the messages, 1024 in the completion). Please reduce the length of the messages or completion."
                ),
                id="vLLM, OpenAI",
            ),
            pytest.param(
                refused("Trying to keep the first 5012 tokens when context the overflows."), id="LM Studio"
            ),
            pytest.param(
                refused({"message": "prompt is too long: 5012 tokens > 4096 maximum"}), id="a gateway"
            ),
            pytest.param(
                refused({"message": "Input tokens exceed the configured limit of 4096 tokens"}), id="OpenAI"
            ),
            pytest.param(refused({"message": "request too large"}, 413), id="413"),
            pytest.param(
                Scripted(chunks=[raw({"error": {"message": "The context window is full", "code": 400}})]),
                id="as an event",
            ),
        ],
    )
    def test_a_context_that_is_too_small_gets_less(
        self, server: OpenAIServer, agent: OpenAICompatibleAgent, scripted: Scripted
    ) -> None:
        server.script(scripted, streamed(["Sugar."]))
        assert said(agent, SMALLER) == "Sugar."
        first, second = body_of(server, 0), body_of(server, 1)
        assert first["messages"][1]["content"] == SMALLER.request
        assert second["messages"][1]["content"] == SMALLER.smaller_request
        assert second["max_tokens"] < first["max_tokens"]
        said(agent, SMALLER)
        assert body_of(server, 2) == first, "another request may be smaller by itself"

    @pytest.mark.parametrize(
        "words",
        [
            pytest.param({"message": "System role not supported"}, id="a template"),
            pytest.param({"message": "Conversation roles must alternate user/assistant/user"}, id="Mistral"),
            pytest.param({"message": "Developer instruction is not enabled for models/gemma"}, id="Google"),
            pytest.param(
                {
                    "message": 'messages: Unexpected role "system". The Messages API accepts a top-level `system`'
                },
                id="Anthropic",
            ),
        ],
    )
    @pytest.mark.parametrize("status", [400, 500])
    def test_a_model_without_a_system_role_reads_the_instructions_as_the_users(
        self, server: OpenAIServer, agent: OpenAICompatibleAgent, words: dict[str, str], status: int
    ) -> None:
        server.script(refused(words, status), streamed(["Sugar."]), streamed(["Sugar."]))
        assert said(agent, CHAT) == "Sugar."
        (only,) = body_of(server, 1)["messages"]
        assert only == {"role": "user", "content": f"{CHAT.instructions}\n\n{CHAT.request}"}
        said(agent, CHAT)
        assert len(server.completions) == 3, "what the server cannot do is known from then on"

    @pytest.mark.parametrize(
        "words",
        [
            {"message": "Invalid parameter: 'response_format' of type 'json_schema' is not supported"},
            {"message": "failed to parse grammar"},
            {"message": "Structured outputs are unavailable for this model", "code": "unsupported"},
            "json_schema: extra fields not permitted",
        ],
    )
    def test_a_server_without_schemas_is_asked_without(
        self, server: OpenAIServer, agent: OpenAICompatibleAgent, words: Any
    ) -> None:
        server.script(refused(words), streamed(["{}"]), streamed(["{}"]))
        assert said(agent, QUESTIONS) == "{}"
        assert "response_format" in body_of(server, 0)
        assert "response_format" not in body_of(server, 1)

    @pytest.mark.parametrize(
        ("words", "field", "value"),
        [
            (
                "max_tokens is too large: 900. This model supports at most 512 completion tokens",
                "max_tokens",
                512,
            ),
            ("max_tokens must be less than or equal to 400", "max_tokens", 400),
            ("`max_tokens` out of range", "max_tokens", 450),
            (
                "Unsupported parameter: 'max_tokens' is not supported with this model. "
                "Use 'max_completion_tokens' instead.",
                "max_completion_tokens",
                900,
            ),
        ],
    )
    def test_a_limit_of_the_reply_is_kept(
        self, server: OpenAIServer, agent: OpenAICompatibleAgent, words: str, field: str, value: int
    ) -> None:
        server.script(refused({"message": words}), streamed(["{}"]))
        assert said(agent, QUESTIONS) == "{}"
        assert body_of(server, 1)[field] == value

    def test_parameters_that_a_server_does_not_know_are_left_out(
        self, server: OpenAIServer, agent: OpenAICompatibleAgent
    ) -> None:
        unknown = {
            "detail": [
                {"type": "extra_forbidden", "loc": ["body", "stream_options"], "msg": "Extra inputs", "input": CHAT.request},
                {"type": "extra_forbidden", "loc": ["body", "temperature"], "msg": "Extra inputs", "input": 0.2},
            ]
        }  # fmt: skip
        server.script(answered(unknown, 422), streamed(["Sugar."]))
        assert said(agent, CHAT) == "Sugar."
        assert not {"stream_options", "temperature"} & body_of(server, 1).keys()

    @pytest.mark.parametrize(
        "scripted",
        [
            refused({"message": "The model is overloaded"}),
            refused({"message": "context length"}, 503),
            refused({"message": "insufficient context of the account"}, 403),
            answered({}, 400),
            Scripted(status=400, content_type="text/html", chunks=[b"<html>context length</html>"]),
        ],
    )
    def test_there_is_none_where_it_would_change_nothing(
        self, server: OpenAIServer, agent: OpenAICompatibleAgent, scripted: Scripted
    ) -> None:
        server.script(scripted)
        with pytest.raises(UpstreamError):
            said(agent, SMALLER)
        assert len(server.completions) == 1

    def test_there_is_one_only(self, server: OpenAIServer, agent: OpenAICompatibleAgent) -> None:
        server.script(*[refused({"message": "maximum context length"})] * 3)
        with pytest.raises(Unavailable):
            said(agent, SMALLER)
        assert len(server.completions) == 2

    def test_there_is_none_after_a_piece_of_the_reply(
        self, server: OpenAIServer, agent: OpenAICompatibleAgent
    ) -> None:
        server.script(
            Scripted(chunks=[event("Su"), raw({"error": {"message": "context length", "code": 400}})])
        )
        with pytest.raises(Unavailable):
            said(agent, SMALLER)
        assert len(server.completions) == 1


class TestErrorTextsOfTheServer:
    def test_it_is_the_reason_for_the_log(self, server: OpenAIServer, agent: OpenAICompatibleAgent) -> None:
        server.script(refused({"message": "model 'a-model' is loading, 40 % done", "code": "loading"}, 503))
        with pytest.raises(Unavailable) as caught:
            said(agent, CHAT)
        assert (
            caught.value.reason
            == "the model server answered 503: model 'a-model' is loading, 40 % done loading"
        )

    def test_a_second_try_is_logged(
        self, server: OpenAIServer, agent: OpenAICompatibleAgent, caplog: pytest.LogCaptureFixture
    ) -> None:
        logging.getLogger("lyceum").propagate = True
        server.script(refused({"message": "System role not supported"}))
        said(agent, CHAT)
        (told,) = [vars(one) for one in caplog.records if one.getMessage() == "agent_asked_again"]
        assert (told["status"], told["says"]) == (400, "System role not supported")

    @pytest.mark.parametrize(
        "words",
        [
            f"Incorrect API key provided: {KEY}",
            f"cannot read {CHAT.request!r}",
            f"cannot read {json.dumps(CHAT.request)}",
            f"cannot answer {CHAT.request.upper()}",
            "cannot answer <passages>…</passages>\\nWhat is photosynthesis?",
        ],
    )
    @pytest.mark.parametrize("status", [400, 401, 500])
    def test_text_that_repeats_the_request_or_the_key_is_left_out(
        self, server: OpenAIServer, agent: OpenAICompatibleAgent, words: str, status: int
    ) -> None:
        server.script(refused({"message": words}, status))
        with pytest.raises(Unavailable) as caught:
            said(agent, CHAT)
        for secret in (KEY, "photosynthesis", "passages>"):
            assert secret.casefold() not in caught.value.reason.casefold()
        assert "cannot" in caught.value.reason or "Incorrect" in caught.value.reason

    def test_a_short_question_is_left_out_too(self) -> None:
        task = replace(CHAT, question="I am ill", request="<question>I am ill</question>")
        assert discreet("no answer to: I am ill", task, None) == "no answer to: …"

    @pytest.mark.parametrize(
        ("header", "seconds"),
        [
            ("7", 7),
            ("0.2", 1),
            ("Mon, 05 Jan 2026 09:00:30 GMT", 30),
            ("soon", None),
            ("1e9", None),
            ("-3", 1),
        ],
    )
    def test_the_requested_wait_is_reported(
        self, server: OpenAIServer, header: str, seconds: int | None
    ) -> None:
        clock = FrozenClock()
        agent = OpenAICompatibleAgent(server.url, "a-model", KEY, clock)
        server.script(refused({"message": "Rate limit reached"}, 429, **{"Retry-After": header}))
        with pytest.raises(Throttled) as caught:
            said(agent, CHAT)
        agent.close()
        assert caught.value.retry_after == seconds
        assert len(server.completions) == 1


class TestTokens:
    @pytest.mark.parametrize(
        "scripted",
        [
            Scripted(chunks=[*texts("Sugar."), event(finish="stop"), raw({"choices": [], "usage": COUNTS}), DONE]),
            Scripted(chunks=[*texts("Sugar."), raw({"choices": [{"delta": {}, "finish_reason": "stop"}], "usage": COUNTS})]),
            answered({"choices": [{"message": {"content": "Sugar."}, "finish_reason": "stop"}], "usage": COUNTS}),
        ],
    )  # fmt: skip
    def test_the_servers_count_is_told_and_logged(
        self,
        server: OpenAIServer,
        agent: OpenAICompatibleAgent,
        scripted: Scripted,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        logging.getLogger("lyceum").propagate = True
        server.script(scripted)
        with caplog.at_level(logging.INFO, logger="lyceum"):
            assert counted(agent, CHAT) == [TokenUsage(120, 30)]
        (told,) = [vars(one) for one in caplog.records if one.getMessage() == "agent_usage"]
        assert (told["role"], told["model"], told["input_tokens"], told["output_tokens"]) == (
            "chat",
            "a-model",
            120,
            30,
        )
        assert body_of(server, 0)["stream_options"] == {"include_usage": True}

    def test_a_cut_reply_was_paid_for_as_well(
        self, server: OpenAIServer, agent: OpenAICompatibleAgent
    ) -> None:
        cached = COUNTS | {"prompt_tokens_details": {"cached_tokens": 100}}
        server.script(
            Scripted(
                chunks=[*texts("Su"), event(finish="length"), raw({"choices": [], "usage": cached}), DONE]
            )
        )
        told: list[TokenUsage] = []
        with pytest.raises(CutShort):
            list(agent.reply(CHAT, timeout=5, used=told.append))
        assert told == [TokenUsage(120, 30, 100)]

    @pytest.mark.parametrize("usage", [None, 3, {}, {"prompt_tokens": "many", "completion_tokens": 2}, {"prompt_tokens": True, "completion_tokens": -1}])  # fmt: skip
    def test_an_unreadable_count_is_not_reported(
        self, server: OpenAIServer, agent: OpenAICompatibleAgent, usage: Any
    ) -> None:
        server.script(
            Scripted(
                chunks=[*texts("Sugar."), event(finish="stop"), raw({"choices": [], "usage": usage}), DONE]
            )
        )
        assert counted(agent, CHAT) == []


def counted(agent: OpenAICompatibleAgent, task: Task) -> Sequence[TokenUsage]:
    told: list[TokenUsage] = []
    assert "".join(agent.reply(task, timeout=5, used=told.append)) == "Sugar."
    return told
