"""The contract of ``ObjectStore``.

A subclass has the fixture ``store``, made with ``clock``, and methods that use presigned requests as a client does.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

import pytest

from fakes.system import FrozenClock
from ports.object_store import InvalidKey, ObjectNotFound, ObjectStore, PresignedPost

TEXT = "text/plain"
STRANGE_KEYS = [
    "a",
    "raw-files/user_1/f_original.pdf",
    "UPPER/Case",
    "upper/case",
    "with space/and+plus/and=equals/and%20percent/and%",
    "..hidden/...",
    "a/./b",
    "dots./.lead/trail.",
    "a//b",
    "a/",
    "a///",
    "quote\"'`$;|&*?<>:",
    "日本語/Ünïcödé/🎓",
    "e\u0301",
    "é",
    "con",
    "x" * 1024,
    "x/" * 64,
    "é" * 512,
    "/".join(["y" * 199, "y" * 200, "y" * 201, "y" * 400]),
]
BAD_KEYS = [
    "",
    "/a",
    "a\\b",
    "..",
    "../a",
    "a/../b",
    "a/..",
    "a\nb",
    "a\0",
    "a\x7f",
    "a\x85",
    "x" * 1025,
    "é" * 513,
    "\ud800",
]


class ObjectStoreContract:
    margin_seconds = 1
    """The number of seconds before its expiry at which a permission is used. With a real clock, using it takes time."""

    @pytest.fixture
    def clock(self) -> FrozenClock:
        return FrozenClock()

    @pytest.fixture
    def store(self, clock: FrozenClock) -> ObjectStore:
        raise NotImplementedError

    def post(self, store: ObjectStore, presigned: PresignedPost, body: bytes) -> bool:
        """Send the form as a client. Returns whether it was accepted."""
        raise NotImplementedError

    def download(self, store: ObjectStore, url: str) -> tuple[bytes, str] | None:
        """Follow the URL as a client. Returns the body and the file name, or None if it was refused."""
        raise NotImplementedError

    # Objects

    def test_a_stored_object_can_be_read(self, store: ObjectStore) -> None:
        body = bytes(range(256)) * 4
        store.put("a/b.bin", body, "application/octet-stream")
        assert store.get("a/b.bin") == body

    def test_an_empty_object(self, store: ObjectStore) -> None:
        store.put("empty", b"", TEXT)
        assert store.get("empty") == b""
        info = store.info("empty")
        assert info is not None
        assert info.size == 0

    def test_an_object_that_was_never_stored_is_not_found(self, store: ObjectStore) -> None:
        store.put("a/b", b"x", TEXT)
        for key in ("b", "a", "a/b/c", "a/", "A/b"):
            with pytest.raises(ObjectNotFound):
                store.get(key)
            assert store.info(key) is None
            store.delete(key)
        assert store.get("a/b") == b"x"

    def test_put_replaces(self, store: ObjectStore) -> None:
        store.put("k", b"old and long", TEXT)
        store.put("k", b"new", TEXT)
        assert store.get("k") == b"new"
        assert list(store.keys("")) == ["k"]

    def test_the_etag_changes_whenever_the_content_does(self, store: ObjectStore) -> None:
        etags = set()
        for body in (b"a", b"b", b"ab", b""):
            store.put("k", body, TEXT)
            info = store.info("k")
            assert info is not None
            assert (info.key, info.size) == ("k", len(body))
            etags.add(info.etag)
        assert len(etags) == 4

    def test_delete(self, store: ObjectStore) -> None:
        store.put("a/b", b"x", TEXT)
        store.delete("a/b")
        with pytest.raises(ObjectNotFound):
            store.get("a/b")
        assert list(store.keys("")) == []
        store.delete("a/b")

    # Keys

    def test_keys_that_look_alike_or_lie_within_each_other_are_apart(self, store: ObjectStore) -> None:
        keys = [*STRANGE_KEYS, "a/b", "a/b/c", "a/b/c/d"]
        for key in keys:
            store.put(key, key.encode(), TEXT)
        assert [store.get(key) for key in keys] == [key.encode() for key in keys]
        assert list(store.keys("")) == sorted(keys)
        for key in keys:
            store.delete(key)
        assert list(store.keys("")) == []

    @pytest.mark.parametrize("key", BAD_KEYS, ids=lambda key: ascii(key)[:9])
    def test_a_bad_key_is_refused(self, store: ObjectStore, key: str) -> None:
        with pytest.raises(InvalidKey):
            store.put(key, b"x", TEXT)
        with pytest.raises(InvalidKey):
            store.get(key)
        with pytest.raises(InvalidKey):
            store.info(key)
        with pytest.raises(InvalidKey):
            store.delete(key)
        with pytest.raises(InvalidKey):
            store.presign_upload(key, content_type=TEXT, size=1, expires_in=60)
        with pytest.raises(InvalidKey):
            store.presign_download(key, file_name="x", expires_in=60)

    @pytest.mark.parametrize("prefix", ["/a", "../", "\ud800"], ids=ascii)
    def test_a_bad_prefix_is_refused(self, store: ObjectStore, prefix: str) -> None:
        with pytest.raises(InvalidKey):
            list(store.keys(prefix))

    def test_keys_by_prefix_in_the_order_of_utf_8(self, store: ObjectStore) -> None:
        keys = [
            "a",
            "a-b",
            "a.b",
            "a/",
            "a/b",
            "a/b-c",
            "a/b/c",
            "a/b0",
            "a0",
            "aB",
            "b",
            "é",
            "\uffee",
            "🎓",
        ]
        for key in reversed(keys):
            store.put(key, b"", TEXT)
        for prefix in ("", "a", "a/", "a/b", "a/b/", "a/b/c", "a/b/c/", "é", "c", "a//"):
            assert list(store.keys(prefix)) == [key for key in keys if key.startswith(prefix)]

    def test_objects_may_be_deleted_while_their_keys_are_read(self, store: ObjectStore) -> None:
        for number in range(20):
            store.put(f"p/{number:02}", b"x", TEXT)
        for key in store.keys("p/"):
            store.delete(key)
        assert list(store.keys("p/")) == []

    # Uploads

    def test_a_client_may_store_the_presigned_object(self, store: ObjectStore) -> None:
        presigned = store.presign_upload("u/ü 1.txt", content_type=TEXT, size=5, expires_in=900)
        assert "file" not in presigned.fields
        assert self.post(store, presigned, b"hello")
        assert store.get("u/ü 1.txt") == b"hello"

    @pytest.mark.parametrize("body", [b"", b"1234", b"123456"])
    def test_a_client_may_store_no_other_size(self, store: ObjectStore, body: bytes) -> None:
        presigned = store.presign_upload("u/1", content_type=TEXT, size=5, expires_in=900)
        assert not self.post(store, presigned, body)
        assert store.info("u/1") is None

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("key", "u/2"),
            ("key", "u/1/x"),
            ("Content-Type", "text/html"),
            ("Content-Type", "text/plain; charset=x"),
        ],
    )
    def test_a_client_may_change_no_field(self, store: ObjectStore, field: str, value: str) -> None:
        presigned = store.presign_upload("u/1", content_type=TEXT, size=5, expires_in=900)
        assert field in presigned.fields
        assert not self.post(store, replace(presigned, fields=presigned.fields | {field: value}), b"hello")
        assert list(store.keys("")) == []

    def test_a_client_may_not_mix_the_fields_of_two_forms(self, store: ObjectStore) -> None:
        one = store.presign_upload("u/1", content_type=TEXT, size=5, expires_in=900)
        two = store.presign_upload("u/2", content_type=TEXT, size=9, expires_in=900)
        for field in one.fields:
            if one.fields[field] != two.fields.get(field):
                assert not self.post(
                    store, replace(one, fields=one.fields | {field: two.fields[field]}), b"hello"
                )
        assert list(store.keys("")) == []

    def test_an_upload_expires(self, store: ObjectStore, clock: FrozenClock) -> None:
        presigned = store.presign_upload("u/1", content_type=TEXT, size=5, expires_in=60)
        clock.advance(60 - self.margin_seconds)
        assert self.post(store, presigned, b"hello")
        clock.advance(self.margin_seconds + 1)
        assert not self.post(store, presigned, b"again")
        assert store.get("u/1") == b"hello"

    @pytest.mark.parametrize(("size", "expires_in"), [(0, 60), (-1, 60), (1, 0), (1, 901)])
    def test_an_upload_of_invalid_size_or_duration_is_refused(
        self, store: ObjectStore, size: int, expires_in: int
    ) -> None:
        with pytest.raises(ValueError):
            store.presign_upload("u/1", content_type=TEXT, size=size, expires_in=expires_in)

    # Downloads

    @pytest.mark.parametrize("name", ["notes.pdf", 'Übung "1"; a=b&c.pdf', "講義.pdf", "../x"])
    def test_a_client_may_download_the_presigned_object(self, store: ObjectStore, name: str) -> None:
        store.put("d/ü 1&2.pdf", b"body", "application/pdf")
        url = store.presign_download("d/ü 1&2.pdf", file_name=name, expires_in=3600)
        assert self.download(store, url) == (b"body", name)

    def test_an_object_may_be_shown_as_a_type(self, store: ObjectStore) -> None:
        store.put("d/1", b"<b>body</b>", "text/html")
        url = store.presign_download("d/1", file_name="a.html", expires_in=60, shown_as="text/plain")
        assert self.download(store, url) == (b"<b>body</b>", "a.html")
        assert "text%2Fplain" in url
        assert self.download(store, url.replace("text%2Fplain", "text%2Fhtml")) is None

    def test_a_client_may_download_nothing_else(self, store: ObjectStore) -> None:
        store.put("d/1", b"mine", TEXT)
        store.put("d/2", b"another's", TEXT)
        url = store.presign_download("d/1", file_name="name.txt", expires_in=60)
        for old, new in (("d/1", "d/2"), ("name.txt", "name.exe")):
            if old not in url:
                old, new = quote(old, safe=""), quote(new, safe="")
            before, found, rest = url.rpartition(old)
            assert found
            assert self.download(store, f"{before}{new}{rest}") is None

    def test_a_download_expires(self, store: ObjectStore, clock: FrozenClock) -> None:
        store.put("d/1", b"body", TEXT)
        url = store.presign_download("d/1", file_name="a.txt", expires_in=60)
        clock.advance(60 - self.margin_seconds)
        assert self.download(store, url) is not None
        clock.advance(self.margin_seconds + 1)
        assert self.download(store, url) is None

    def test_a_download_of_a_missing_object_finds_nothing(self, store: ObjectStore) -> None:
        assert self.download(store, store.presign_download("d/1", file_name="a.txt", expires_in=60)) is None

    @pytest.mark.parametrize("expires_in", [0, 3601])
    def test_a_download_of_invalid_duration_is_refused(self, store: ObjectStore, expires_in: int) -> None:
        with pytest.raises(ValueError):
            store.presign_download("d/1", file_name="x", expires_in=expires_in)

    def test_compacting_keeps_what_was_not_deleted(self, store: ObjectStore) -> None:
        store.put("c/kept", b"body", TEXT)
        store.put("c/deleted", b"body", TEXT)
        store.delete("c/deleted")
        store.compact()
        store.compact()
        assert list(store.keys("c/")) == ["c/kept"]
        assert store.get("c/kept") == b"body"
