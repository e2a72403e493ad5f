from __future__ import annotations

import ctypes
import fcntl
import os
import resource
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from adapters.local.stores import objects as files
from adapters.local.stores.objects import FolderObjectStore
from fakes import object_store as fake
from fakes.object_store import InMemoryObjectStore
from fakes.system import FrozenClock
from ports.errors import Unavailable, Unwritable
from ports.object_store import ObjectInfo, ObjectStore, PresignedPost
from tests.contracts.object_store.contract import STRANGE_KEYS, TEXT, ObjectStoreContract

SECRET = b"a secret of this test"


def test_a_full_disk_is_unwritable_and_keeps_what_was_stored(tmp_path: Path) -> None:
    store = FolderObjectStore(tmp_path, "http://here", SECRET, FrozenClock())
    store.put("k", b"before", TEXT)
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, most))
    try:
        with pytest.raises(Unwritable):
            store.put("k", bytes(5000), TEXT)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    assert store.get("k") == b"before"
    assert not list((tmp_path / "incoming").iterdir())


@contextmanager
def without_permission(folder: Path) -> Iterator[None]:
    """In the block, this thread has no permission to search the folder. Root may search every folder, so as root the
    thread acts as another user.
    """
    set_user = ctypes.CDLL(None).setfsuid if os.geteuid() == 0 else lambda user: None
    mode = folder.stat().st_mode
    folder.chmod(0)
    set_user(65534)
    try:
        yield
    finally:
        set_user(0)
        folder.chmod(mode)


def test_an_object_that_cannot_be_read_is_not_called_unwritable(tmp_path: Path) -> None:
    store = FolderObjectStore(tmp_path, "http://here", SECRET, FrozenClock())
    store.put("a/k", b"before", TEXT)
    with without_permission(tmp_path / "objects"):
        for call in (lambda: store.get("a/k"), lambda: store.info("a/k"), lambda: list(store.keys("a/"))):
            with pytest.raises(Unavailable) as raised:
                call()
            assert not isinstance(raised.value, Unwritable)
        with pytest.raises(Unwritable):
            store.delete("a/k")


class TestInMemoryObjectStore(ObjectStoreContract):
    @pytest.fixture
    def store(self, clock: FrozenClock) -> InMemoryObjectStore:
        return InMemoryObjectStore(clock)

    def post(self, store: ObjectStore, presigned: PresignedPost, body: bytes) -> bool:
        assert isinstance(store, InMemoryObjectStore)
        try:
            store.post(presigned, body, presigned.fields["Content-Type"])
        except fake.UploadRefused:
            return False
        return True

    def download(self, store: ObjectStore, url: str) -> tuple[bytes, str] | None:
        assert isinstance(store, InMemoryObjectStore)
        try:
            return store.download(url)
        except fake.DownloadRefused:
            return None

    def test_it_records_calls_and_content_types(self, store: InMemoryObjectStore) -> None:
        store.put("k", b"x", TEXT)
        store.get("k")
        list(store.keys("k"))
        presigned = store.presign_upload("u", content_type="image/png", size=1, expires_in=60)
        store.post(presigned, b"y", "image/png")
        assert store.calls == [("put", "k"), ("get", "k"), ("keys", "k"), ("presign_upload", "u")]
        assert store.content_types == {"k": TEXT, "u": "image/png"}

    def test_a_client_that_sends_another_type_is_refused(self, store: InMemoryObjectStore) -> None:
        presigned = store.presign_upload("u", content_type="image/png", size=1, expires_in=60)
        with pytest.raises(fake.UploadRefused, match="AccessDenied"):
            store.post(presigned, b"y", "text/html")

    def test_it_announces_every_new_object(self, clock: FrozenClock) -> None:
        created: list[tuple[str, int, str]] = []
        store = InMemoryObjectStore(clock, lambda *event: created.append(event))
        store.put("a", b"12", TEXT)
        store.post(store.presign_upload("b", content_type=TEXT, size=1, expires_in=60), b"1", TEXT)
        assert [ObjectInfo(*event) for event in created] == [store.info("a"), store.info("b")]


class TestFolderObjectStore(ObjectStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path, clock: FrozenClock) -> FolderObjectStore:
        return FolderObjectStore(tmp_path / "bucket", "http://localhost:8000/", SECRET, clock)

    def post(self, store: ObjectStore, presigned: PresignedPost, body: bytes) -> bool:
        assert isinstance(store, FolderObjectStore)
        assert presigned.url == "http://localhost:8000/local/upload"
        try:
            assert store.accept_upload(presigned.fields, body) == presigned.fields["key"]
        except files.UploadRefused:
            return False
        return True

    def download(self, store: ObjectStore, url: str) -> tuple[bytes, str] | None:
        assert isinstance(store, FolderObjectStore)
        assert url.startswith("http://localhost:8000/local/download?")
        try:
            return store.open_download(dict(parse_qsl(urlsplit(url).query)))
        except files.DownloadRefused:
            return None

    def test_objects_survive_a_reopening(
        self, store: FolderObjectStore, tmp_path: Path, clock: FrozenClock
    ) -> None:
        store.put("a/b", b"x", TEXT)
        presigned = store.presign_upload("u", content_type=TEXT, size=1, expires_in=60)
        again = FolderObjectStore(tmp_path / "bucket", "http://localhost:8000", SECRET, clock)
        assert again.get("a/b") == b"x"
        assert self.post(again, presigned, b"y")

    def test_no_key_writes_outside_the_folder_and_a_delete_leaves_no_file(
        self, store: FolderObjectStore, tmp_path: Path
    ) -> None:
        before = set(tmp_path.rglob("*"))
        for key in STRANGE_KEYS:
            store.put(key, b"x", TEXT)
        made = set(tmp_path.rglob("*")) - before
        assert sum(path.is_file() for path in made) == len(STRANGE_KEYS)
        assert all(path.is_relative_to(tmp_path / "bucket" / "objects") for path in made)
        names = {str(path).removeprefix(str(tmp_path)) for path in made}
        assert len({name.casefold() for name in names}) == len(names)
        assert all(name.isascii() for name in names)
        for key in STRANGE_KEYS:
            store.delete(key)
        assert set(tmp_path.rglob("*")) == before

    def test_foreign_files_in_the_folder_are_not_objects(
        self, store: FolderObjectStore, tmp_path: Path
    ) -> None:
        store.put("a/b", b"x", TEXT)
        for name in (".DS_Store", "Thumbs.db", "a file.txt", "%zz", "100%"):
            (tmp_path / "bucket" / "objects" / name).write_bytes(b"")
        assert list(store.keys("")) == ["a/b"]

    def test_half_written_files_of_a_crash_are_removed(
        self, store: FolderObjectStore, tmp_path: Path, clock: FrozenClock
    ) -> None:
        now = clock.now().timestamp()
        old, young = (tmp_path / "bucket" / "incoming" / name for name in ("old", "young"))
        for path, age in ((old, 3601), (young, 10)):
            path.write_bytes(b"half an obj")
            os.utime(path, (now - age, now - age))
        again = FolderObjectStore(tmp_path / "bucket", "http://localhost:8000", SECRET, clock)
        assert not old.exists()
        assert young.exists()
        assert list(again.keys("")) == []
        clock.advance(1)
        with young.open("rb") as another_process:
            fcntl.flock(another_process, fcntl.LOCK_EX)
            again.compact()
            assert young.exists()
        again.compact()
        assert not young.exists()

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"signature": "0" * 64}, "SignatureDoesNotMatch"),
            ({"signature": "é\ud800"}, "SignatureDoesNotMatch"),
            ({"signature": ""}, "SignatureDoesNotMatch"),
            ({"policy": "e30="}, "SignatureDoesNotMatch"),
            ({"policy": "\ud800"}, "SignatureDoesNotMatch"),
            ({"key": "other"}, "AccessDenied"),
            ({"Content-Type": "text/html"}, "AccessDenied"),
        ],
        ids=repr,
    )
    def test_why_an_upload_is_refused(
        self, store: FolderObjectStore, change: dict[str, str], code: str
    ) -> None:
        presigned = store.presign_upload("u", content_type=TEXT, size=5, expires_in=60)
        with pytest.raises(files.UploadRefused) as refused:
            store.accept_upload(presigned.fields | change, b"hello")
        assert refused.value.code == code

    def test_a_form_without_its_fields_is_refused(self, store: FolderObjectStore, clock: FrozenClock) -> None:
        presigned = store.presign_upload("u", content_type=TEXT, size=5, expires_in=60)
        for name in presigned.fields:
            fields = {field: value for field, value in presigned.fields.items() if field != name}
            with pytest.raises(files.UploadRefused):
                store.accept_upload(fields, b"hello")
        for body, code in ((b"hell", "EntityTooSmall"), (b"hello!", "EntityTooLarge")):
            with pytest.raises(files.UploadRefused, match=code):
                store.accept_upload(presigned.fields, body)
        clock.advance(60)
        with pytest.raises(files.UploadRefused, match="AccessDenied"):
            store.accept_upload(presigned.fields, b"hello")

    def test_why_a_download_is_refused(self, store: FolderObjectStore, clock: FrozenClock) -> None:
        url = store.presign_download("d", file_name="x", expires_in=60)
        params = dict(parse_qsl(urlsplit(url).query))
        with pytest.raises(files.DownloadRefused, match="NoSuchKey"):
            store.open_download(params)
        with pytest.raises(files.DownloadRefused, match="SignatureDoesNotMatch"):
            store.open_download({})
        with pytest.raises(files.DownloadRefused, match="SignatureDoesNotMatch"):
            store.open_download(params | {"expires": "99999999999"})
        clock.advance(60)
        with pytest.raises(files.DownloadRefused, match="AccessDenied"):
            store.open_download(params)

    def test_a_form_signed_with_another_secret_is_refused(
        self, store: FolderObjectStore, tmp_path: Path, clock: FrozenClock
    ) -> None:
        other = FolderObjectStore(tmp_path / "other", "http://localhost:8000", b"another secret", clock)
        presigned = other.presign_upload("u", content_type=TEXT, size=1, expires_in=60)
        assert not self.post(store, presigned, b"x")
        with pytest.raises(ValueError):
            FolderObjectStore(tmp_path / "none", "http://localhost:8000", b"", clock)

    def test_it_announces_every_new_object(self, tmp_path: Path, clock: FrozenClock) -> None:
        created: list[tuple[str, int, str]] = []
        store = FolderObjectStore(
            tmp_path, "http://localhost", SECRET, clock, lambda *event: created.append(event)
        )
        store.put("a", b"12", TEXT)
        store.accept_upload(store.presign_upload("b", content_type=TEXT, size=1, expires_in=60).fields, b"1")
        assert [ObjectInfo(*event) for event in created] == [store.info("a"), store.info("b")]

    def test_writers_and_deleters_of_one_folder_do_not_disturb_each_other(
        self, store: FolderObjectStore
    ) -> None:
        workers = 6
        ready = threading.Barrier(workers)

        def work(name: int) -> None:
            ready.wait()
            for _ in range(25):
                store.put(f"deep/er/{name}", b"x" * 100, TEXT)
                assert store.get(f"deep/er/{name}") == b"x" * 100
                store.delete(f"deep/er/{name}")

        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(work, range(workers)))
        assert list(store.keys("")) == []

    def test_a_reader_sees_the_old_bytes_or_the_new(self, store: FolderObjectStore) -> None:
        bodies = [bytes([letter]) * 200_000 for letter in b"abcd"]
        store.put("k", bodies[0], TEXT)
        done = threading.Event()
        seen: list[bytes] = []

        def read() -> None:
            while not done.is_set():
                seen.append(store.get("k"))

        reader = threading.Thread(target=read)
        reader.start()
        for body in bodies * 5:
            store.put("k", body, TEXT)
        done.set()
        reader.join()
        assert seen
        assert set(seen) <= set(bodies)
