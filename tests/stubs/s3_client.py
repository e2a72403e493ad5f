"""A client that sends presigned requests to a bucket. It refuses them as S3 does, because moto does not check them.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from ports.object_store import PresignedPost, PresignedRefused

_UNSIGNED_FIELDS = {"policy", "x-amz-signature", "file"}


@dataclass(frozen=True)
class S3Client:
    """``client`` is moto's S3. ``since_signed`` returns the seconds since the requests were presigned."""

    client: Any
    bucket: str
    access_key: str
    secret_key: str
    since_signed: Callable[[], float]

    def post(self, presigned: PresignedPost, body: bytes) -> None:
        """Send the form. Raises ``PresignedRefused``; then nothing was stored."""
        fields = {name.lower(): value for name, value in presigned.fields.items()}
        self._signed_by(fields["x-amz-credential"], fields["policy"], fields["x-amz-signature"])
        policy = json.loads(base64.b64decode(fields["policy"]))
        signed = datetime.fromisoformat(fields["x-amz-date"])
        if signed + timedelta(seconds=self.since_signed()) > datetime.fromisoformat(policy["expiration"]):
            raise PresignedRefused("AccessDenied")
        bound = {"bucket"}
        sent = fields | {"bucket": self._bucket_of(presigned.url)}
        for condition in policy["conditions"]:
            if isinstance(condition, dict):
                [(name, value)] = condition.items()
                if sent.get(name.lower()) != value:
                    raise PresignedRefused("AccessDenied")
                bound.add(name.lower())
            else:
                kind, least, most = condition
                assert kind == "content-length-range", "a looser condition than the port allows"
                if not least <= len(body) <= most:
                    raise PresignedRefused("EntityTooLarge" if len(body) > most else "EntityTooSmall")
                bound.add(kind)
        assert "content-length-range" in bound
        if fields.keys() - bound - _UNSIGNED_FIELDS:
            raise PresignedRefused("AccessDenied")
        self.client.put_object(
            Bucket=sent["bucket"],
            Key=fields["key"],
            Body=body,
            ContentType=fields["content-type"],
            ServerSideEncryption=fields["x-amz-server-side-encryption"],
        )

    def download(self, url: str) -> tuple[bytes, str]:
        """Follow the URL. Returns the body and the name to save it under. Raises ``PresignedRefused``."""
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        signature = query.pop("X-Amz-Signature")
        listed = "&".join(f"{quote(k, safe='~')}={quote(v, safe='~')}" for k, v in sorted(query.items()))
        request = f"GET\n{parts.path}\n{listed}\nhost:{parts.netloc}\n\nhost\nUNSIGNED-PAYLOAD"
        stamp, credential = query["X-Amz-Date"], query["X-Amz-Credential"]
        digest = hashlib.sha256(request.encode()).hexdigest()
        scope = credential.partition("/")[2]
        self._signed_by(credential, f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}", signature)
        if self.since_signed() >= int(query["X-Amz-Expires"]):
            raise PresignedRefused("AccessDenied")
        key = unquote(parts.path).removeprefix("/")
        try:
            answer = self.client.get_object(Bucket=self._bucket_of(url), Key=key)
        except self.client.exceptions.NoSuchKey:
            raise PresignedRefused("NoSuchKey") from None
        kind, _, name = query["response-content-disposition"].partition("; ")
        assert kind == ("inline" if "response-content-type" in query else "attachment")
        return answer["Body"].read(), unquote(name.partition("filename*=UTF-8''")[2])

    def _bucket_of(self, url: str) -> str:
        host = urlsplit(url).hostname or ""
        if not host.startswith(f"{self.bucket}.s3."):
            raise PresignedRefused("NoSuchBucket")
        return self.bucket

    def _signed_by(self, credential: str, text: str, signature: str) -> None:
        access_key, *scope = credential.split("/")
        key = f"AWS4{self.secret_key}".encode()
        for part in scope:
            key = hmac.digest(key, part.encode(), "sha256")
        expected = hmac.digest(key, text.encode(), "sha256").hex()
        if access_key != self.access_key or signature != expected:
            raise PresignedRefused("SignatureDoesNotMatch")
