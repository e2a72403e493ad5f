"""Textract, which recognises the text of scans on AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.lazily import lazy
from chalicelib.composition.profiles.aws.stores import AwsStores

if TYPE_CHECKING:
    from ports.text_recogniser import TextRecogniser


class AwsRecognition(AwsStores):
    @lazy
    def recogniser(self) -> TextRecogniser:
        if not self._settings.aws.textract:
            from adapters.no_recogniser import NoRecogniser

            return NoRecogniser()
        from adapters.aws.textract import TextractRecogniser

        textract, bucket = self._client("textract"), self._settings.bucket
        return TextractRecogniser(textract, bucket, self.objects, retries=self._retries())
