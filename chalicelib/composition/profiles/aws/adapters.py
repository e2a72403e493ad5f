"""The aws profile: the list of its vendors. Another vendor is a file beside this one and a line here."""

from __future__ import annotations

from chalicelib.composition.profiles.aws.gateway import AwsGateway
from chalicelib.composition.profiles.aws.knowledge_bases import BedrockBases
from chalicelib.composition.profiles.aws.models import AwsModels
from chalicelib.composition.profiles.aws.pinecone import PineconeVectors
from chalicelib.composition.profiles.aws.stores import AwsStores
from chalicelib.composition.profiles.aws.supabase import Supabase


class AwsAdapters(AwsStores, AwsModels, AwsGateway, BedrockBases, PineconeVectors, Supabase):
    """Each adapter is imported and built on first use, once.

    Asking for one raises ``Unavailable`` if a setting that it needs is not set.
    """
