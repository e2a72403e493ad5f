"""The object store in S3."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from urllib.parse import quote

from adapters.aws.errors import calls_of_aws, reading_answer
from adapters.upstream.calls import Effect, Retries
from ports.object_store import (
    InvalidKey,
    ObjectInfo,
    ObjectNotFound,
    PresignedPost,
    check_download,
    check_key,
    check_prefix,
    check_upload,
)
from ports.system import Clock

_CAPABILITY = "object_store"
_ENCRYPTION = "AES256"


class S3ObjectStore:
    """Implements ``ports.object_store.ObjectStore``. Safe to share between threads.

    ``client`` returns a botocore client of S3; it is called when the store is first used. The role that runs this needs
    ``s3:ListBucket`` in addition to the actions on objects: without it, S3 answers 403 for an object that does not
    exist. A presigned request also expires when the signer's credentials expire.
    """

    def __init__(
        self, client: Callable[[], Any], bucket: str, clock: Clock, *, retries: Retries | None = None
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._calls = calls_of_aws(_CAPABILITY, retries or Retries(clock))

    def put(self, key: str, body: bytes, content_type: str) -> None:
        check_key(key)
        self._call(
            Effect.REPEATABLE,
            "put_object",
            Key=key,
            Body=body,
            ContentType=content_type,
            ServerSideEncryption=_ENCRYPTION,
        )

    def get(self, key: str) -> bytes:
        check_key(key)
        body: bytes = self._try(Effect.READ, lambda: self._read(key))
        return body

    def info(self, key: str) -> ObjectInfo | None:
        check_key(key)
        try:
            head = self._call(Effect.READ, "head_object", Key=key)
        except ObjectNotFound:
            return None
        with reading_answer(_CAPABILITY):
            return ObjectInfo(key, head["ContentLength"], head["ETag"].strip('"'))

    def delete(self, key: str) -> None:
        check_key(key)
        self._call(Effect.REPEATABLE, "delete_object", Key=key)

    def keys(self, prefix: str) -> Iterator[str]:
        check_prefix(prefix)
        return self._keys(prefix)

    def presign_upload(self, key: str, *, content_type: str, size: int, expires_in: int) -> PresignedPost:
        check_upload(key, size, expires_in)
        if "${filename}" in key:
            raise InvalidKey  # S3 would replace it by the client's file name
        bound = {"Content-Type": content_type, "x-amz-server-side-encryption": _ENCRYPTION}
        post = self._call(
            Effect.READ,
            "generate_presigned_post",
            Key=key,
            Fields=dict(bound),
            Conditions=[
                *({name: value} for name, value in bound.items()),
                ["content-length-range", size, size],
            ],
            ExpiresIn=expires_in,
        )
        return PresignedPost(post["url"], post["fields"])

    def presign_download(
        self, key: str, *, file_name: str, expires_in: int, shown_as: str | None = None
    ) -> str:
        check_download(key, expires_in)
        request = {
            "Bucket": self._bucket,
            "Key": key,
            "ResponseContentDisposition": _disposition("inline" if shown_as else "attachment", file_name),
            **({"ResponseContentType": shown_as} if shown_as else {}),
        }
        url: str = self._try(
            Effect.READ,
            lambda: self._client().generate_presigned_url("get_object", Params=request, ExpiresIn=expires_in),
        )
        return url

    def compact(self) -> None:
        """Does nothing: S3 itself frees the space of deleted objects."""

    def _call(self, effect: Effect, operation: str, **request: Any) -> Any:
        return self._try(effect, lambda: getattr(self._client(), operation)(Bucket=self._bucket, **request))

    def _try(self, effect: Effect, operation: Callable[[], Any]) -> Any:
        return self._calls.begin().call(operation, effect)

    def _read(self, key: str) -> bytes:
        """The whole body. It is read within one try, because the connection may break in the middle."""
        with closing(self._client().get_object(Bucket=self._bucket, Key=key)["Body"]) as stream:
            body: bytes = stream.read()
            return body

    def _keys(self, prefix: str) -> Iterator[str]:
        onward: dict[str, str] | None = {}
        while onward is not None:
            page = self._call(Effect.READ, "list_objects_v2", Prefix=prefix, **onward)
            with reading_answer(_CAPABILITY):
                keys = [listed["Key"] for listed in page.get("Contents", ())]
                onward = {"ContinuationToken": page["NextContinuationToken"]} if page["IsTruncated"] else None
            yield from keys


def _disposition(kind: str, file_name: str) -> str:
    """The header of RFC 6266 with the file's name: in ASCII for old clients, and encoded by RFC 5987 for all others."""
    plain = "".join(c if " " <= c <= "~" and c not in '"\\%/' else "_" for c in file_name)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='', errors='replace')}"
