"""What recognises the text of scans on AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.lazily import lazy
from chalicelib.composition.profiles.aws.common import AwsCommon

if TYPE_CHECKING:
    from ports.text_recogniser import TextRecogniser


class AwsRecognition(AwsCommon):
    @lazy
    def recogniser(self) -> TextRecogniser:
        from adapters.no_recogniser import NoRecogniser

        return NoRecogniser()
