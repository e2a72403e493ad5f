"""The models for text and speech: Bedrock, Titan and Transcribe."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from chalicelib.composition.lazily import lazy
from chalicelib.composition.profiles.aws.common import AwsCommon, required_setting

if TYPE_CHECKING:
    from ports.agent import Agent
    from ports.embedder import Embedder
    from ports.grammar import Grammar
    from ports.transcriber import Transcriber


class AwsModels(AwsCommon):
    @lazy
    def agent(self) -> Agent:
        aws = self._settings.aws
        # A model may think for a long time before its first word. So the time-out of a reply bounds the call, not the
        # wait for the next byte.
        read_seconds = self._settings.agent_seconds
        if aws.agent == "converse":
            from adapters.aws.bedrock_converse import ConverseAgent

            runtime = self._client("bedrock-runtime", read_seconds=read_seconds)
            return ConverseAgent(runtime, aws.models, self._retries(tries=3))
        from adapters.aws.bedrock_agents import AgentAlias, AgentsAgent
        from ports.agent import Role

        agents = {
            role: AgentAlias(*required_setting("agent", f"LYCEUM_AGENT_{role.upper()}", aws.agents.get(role)))
            for role in get_args(Role)
        }
        runtime = self._client("bedrock-agent-runtime", read_seconds=read_seconds)
        return AgentsAgent(runtime, agents, self._retries(tries=3))

    @lazy
    def embedder(self) -> Embedder:
        from adapters.aws.titan import TitanEmbedder

        model, dimension = self._settings.aws.embedding_model, self._settings.aws.embedding_dimension
        runtime = self._client("bedrock-runtime")
        return TitanEmbedder(runtime, model=model, dimension=dimension, retries=self._retries())

    @lazy
    def grammar(self) -> Grammar:
        from adapters.no_grammar import NoGrammar

        return NoGrammar()

    @lazy
    def transcriber(self) -> Transcriber:
        from adapters.aws.transcribe import TranscribeTranscriber

        return TranscribeTranscriber(
            self._client("transcribe"), self._settings.bucket, retries=self._retries()
        )
