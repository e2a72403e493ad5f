"""What `make run` checks before it says that it is ready."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from chalicelib import start_checks
from chalicelib.composition.demo_school import LAPTOP_SCHOOL
from chalicelib.composition.profiles.local.adapters import LocalAdapters
from chalicelib.settings import SettingsError, read_settings
from chalicelib.start_checks import check_names, check_space, make_private
from demo.play import PATIENCE_SECONDS, PROJECT, running_server
from ports.directory import Person
from tests.laptop.test_damage import spoil
from tests.stubs.openai_server import closed_port

PREFIX = "LYCEUM_"
CAPABILITY_BOUND_DROP, CAPABILITY_TO_WRITE_ALL = 24, 1
"""PR_CAPBSET_DROP and CAP_DAC_OVERRIDE of Linux."""
MAKE_PRIVATE = """
import sys
from pathlib import Path
from chalicelib.settings import SettingsError
from chalicelib.start_checks import make_private
try:
    make_private(Path(sys.argv[1]))
except SettingsError as refused:
    print(refused)
"""


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def started(data: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """A server that does not start. Its ports are free ones, unless ``settings`` names others."""
    ports = {"LYCEUM_PORT": str(closed_port()), "LYCEUM_WS_PORT": str(closed_port())}
    return subprocess.run(
        [sys.executable, "serve.py"],
        cwd=PROJECT,
        env={**os.environ, "LYCEUM_DATA": str(data), **ports, **settings},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("PROT", "LYCEUM_PORT"),
        ("ALLOWED_ORIGIN", "LYCEUM_ALLOWED_ORIGINS"),
        ("PAGES_PER_DAY", "LYCEUM_PAGES_A_DAY"),
        ("LLMURL", "LYCEUM_LLM_URL"),
    ],
)
def test_a_misspelt_setting_names_the_nearest(name: str, near: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is no setting. Did you mean {near}"):
        check_names({f"{PREFIX}{name}": "1", "PATH": "/bin", "LYCEUM_PORT": "8000"})
    check_names({near: "1", "LYCEUM_LIVE": "1"})


@pytest.mark.parametrize("name", ["lyceum_port", "Lyceum_Port", "LYCUEM_PORT", "LYCEUMPORT", "LYCEM_PORT"])
def test_a_misspelt_prefix_is_noticed(name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is no setting. Did you mean LYCEUM_PORT"):
        check_names({name: "1", "PATH": "/bin"})
    check_names({"PORT": "1", "LYCEE_DB": "1", "LYCEUM": "1"})


@pytest.mark.parametrize("name", ["MY_LYCEUM_SECRETS", "X_LYCEUM_PINECONE_HOST", "LYCEUM2_DATA"])
def test_a_name_with_an_extra_word_or_number_belongs_to_another_program(name: str) -> None:
    check_names({name: "1"})


@pytest.mark.parametrize(
    "origins",
    [
        "localhost:3000",
        "https://ours.example,app.example",
        "http://a/b",
        "file:///x",
        "null",
        "http://a:99999",
        "http://a;http://b",
        "http://a:0",
        "http://a:080",
        "http://[:::]",
        "https://x:443:443",
    ],
)
def test_an_origin_needs_a_scheme(origins: str) -> None:
    with pytest.raises(SettingsError, match="LYCEUM_ALLOWED_ORIGINS"):
        read_settings({"LYCEUM_ALLOWED_ORIGINS": origins})


def test_an_origin_is_kept_as_browsers_send_it() -> None:
    named = "HTTP://LocalHost:3000/, https://Ours.example:443,http://a:80,https://a:80,http://[::1]:443"
    allowed = read_settings({"LYCEUM_ALLOWED_ORIGINS": named}).allowed_origins
    assert allowed == (
        "http://localhost:3000",
        "https://ours.example",
        "http://a",
        "https://a:80",
        "http://[::1]:443",
    )


@pytest.mark.parametrize(
    "url",
    [
        "ours.example",
        "localhost:8000",
        "ftp://a",
        "http://",
        "http://a:b",
        "http://a/?b",
        "http://a b",
        "http://[:::]",
    ],
)
def test_the_public_address_needs_a_scheme_and_a_host(url: str) -> None:
    with pytest.raises(SettingsError, match="LYCEUM_PUBLIC_URL"):
        read_settings({"LYCEUM_PUBLIC_URL": url})


def test_the_public_address_has_no_slash_at_its_end() -> None:
    for url in ("https://Ours.example/lyceum/", "https://Ours.example/lyceum"):
        assert read_settings({"LYCEUM_PUBLIC_URL": url}).public_url == "https://Ours.example/lyceum"


def test_a_home_folder_of_an_unknown_user_is_refused() -> None:
    with pytest.raises(SettingsError, match="LYCEUM_DATA"):
        read_settings({"LYCEUM_DATA": "~nobody-has-this-name/data"})


def test_the_usual_pages_of_this_machine_are_allowed() -> None:
    allowed = read_settings({}).allowed_origins
    for host in ("localhost", "127.0.0.1"):
        assert {f"http://{host}:3000", f"http://{host}:5173", f"http://{host}:8080"} <= set(allowed)
    assert read_settings({"LYCEUM_ALLOWED_ORIGINS": ""}).allowed_origins == ()


def test_the_folder_and_its_files_become_private(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "objects").mkdir(parents=True)
    (data / "objects" / "one").write_text("text")
    make_private(data)
    (data / "later").write_text("text")
    assert {mode(data), mode(data / "objects")} == {0o700}
    assert {mode(data / "objects" / "one"), mode(data / "later")} == {0o600}


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(SettingsError, match="is no folder"):
        make_private(tmp_path / "data")


@pytest.mark.parametrize(
    "name", ["tables.sqlite", "vectors.sqlite", "school.sqlite", "secret", "server.lock"]
)
def test_a_folder_in_the_place_of_a_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(SettingsError, match=f"{name} is no file"):
        make_private(tmp_path)


def test_a_file_in_the_place_of_the_objects_is_refused(tmp_path: Path) -> None:
    (tmp_path / "objects").write_text("")
    with pytest.raises(SettingsError, match="objects is no folder"):
        make_private(tmp_path)


def test_a_folder_with_other_files_alone_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / ".hidden").write_text("")
    (tmp_path / "thesis.tex").write_text("")
    before = mode(tmp_path)
    with pytest.raises(SettingsError, match="other files"):
        make_private(tmp_path)
    assert mode(tmp_path) == before


def test_a_folder_with_files_whose_names_only_begin_as_lyceum_s_is_refused(tmp_path: Path) -> None:
    names = ("secret-tool.sh", "objects-of-mine.sh", "objectstore/run.sh", "tables.sqlite.txt")
    for file in (tmp_path / name for name in names):
        file.parent.mkdir(exist_ok=True)
        file.write_text("")
        file.chmod(0o755)
    with pytest.raises(SettingsError, match="other files"):
        make_private(tmp_path)
    assert {mode(tmp_path / name) for name in names} == {0o755}


def test_other_files_in_the_folder_keep_their_modes(tmp_path: Path) -> None:
    data, elsewhere = tmp_path / "data", tmp_path / "elsewhere"
    ours = [data / f"tables.sqlite{end}" for end in ("-wal", "-shm", "-journal", ".damaged-20261129T000000")]
    for path in (elsewhere, *ours, data / "tool.sh"):
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
        path.chmod(0o755)
    (data / "objects").mkdir()
    (data / "objects" / "link").symlink_to(elsewhere)
    data.chmod(0o755)
    make_private(data)
    assert {mode(path) for path in ours} == {0o600}
    assert mode(data / "tool.sh") == mode(elsewhere) == 0o755


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    assert not [*check_space(tmp_path)]
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, limits[1]))
    try:
        with pytest.raises(SettingsError, match="Nothing can be written"):
            [*check_space(tmp_path)]
        (tmp_path / "secret").write_bytes(bytes(32))
        (told,) = check_space(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    assert "until there is room" in told
    assert {file.name for file in tmp_path.iterdir()} == {"secret"}


def without_override() -> None:
    """Make the program that this process starts next obey the permissions of files, also as root."""
    if os.geteuid() == 0:
        ctypes.CDLL(None).prctl(CAPABILITY_BOUND_DROP, CAPABILITY_TO_WRITE_ALL, 0, 0, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets root obey the permissions of files")
def test_a_store_that_may_only_be_read_is_refused(tmp_path: Path) -> None:
    make_private(tmp_path)
    (tmp_path / "tables.sqlite").touch(0o400)
    refused = subprocess.run(
        [sys.executable, "-c", MAKE_PRIVATE, str(tmp_path)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=without_override,
    )
    assert "tables.sqlite is read-only" in refused.stdout


def test_a_secret_that_is_cut_short_signs_nothing(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"")
    with pytest.raises(SettingsError, match="is damaged"):
        make_private(tmp_path)


def test_the_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    folder = Path("/")  # root's
    if os.geteuid() == 0:
        folder = tmp_path / "data"
        folder.mkdir()
        os.chown(folder, 1, 1)
    with pytest.raises(SettingsError, match="belongs to another user"):
        make_private(folder)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({f"{PREFIX}ALOWED_ORIGINS": "http://a"}, "Did you mean LYCEUM_ALLOWED_ORIGINS?"),
        ({"LYCEUM_LLM_URL": "localhost:11434"}, "LYCEUM_LLM_URL is not"),
    ],
)
def test_a_fault_that_cannot_go_away_stops_the_start_with_a_sentence(
    tmp_path: Path, settings: dict[str, str], told: str
) -> None:
    stopped = started(tmp_path, **settings)
    assert stopped.returncode != 0
    assert told in stopped.stderr
    assert "Traceback" not in stopped.stderr
    assert "ready" not in stopped.stdout


@pytest.mark.slow
@pytest.mark.parametrize("setting", ["LYCEUM_PORT", "LYCEUM_WS_PORT"])
def test_a_port_in_use_stops_the_start_with_a_sentence(tmp_path: Path, setting: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        stopped = started(tmp_path / "data", **{setting: port})
    assert stopped.returncode != 0
    told = stopped.stderr.splitlines()
    assert f"Port {port} cannot be served (Address already in use): set {setting} to another" in told
    assert "Traceback" not in stopped.stderr
    assert "ready" not in stopped.stdout


@pytest.mark.slow
@pytest.mark.parametrize("person", LAPTOP_SCHOOL.people, ids=lambda one: one.user_id)
def test_there_is_a_token_for_everybody_of_the_school(tmp_path: Path, person: Person) -> None:
    command = [sys.executable, "serve.py", "token", person.user_id]
    settings = {**os.environ, "LYCEUM_DATA": str(tmp_path)}
    token = subprocess.run(command, cwd=PROJECT, env=settings, capture_output=True, text=True, check=True)
    assert token.stdout.count(".") == 2


def test_a_fault_that_may_go_away_is_printed_and_the_server_runs(tmp_path: Path) -> None:
    data, log = tmp_path / "data", tmp_path / "log"
    data.mkdir()
    (data / "school.sqlite").write_bytes(b"no longer a database" * 400)
    url = f"http://127.0.0.1:{closed_port()}/v1"
    with running_server(data, log=log, LYCEUM_LLM_URL=url) as server:
        with urlopen(server.url + "/api/health?deep=1") as answer:
            health = answer.read().decode()
        page = Request(server.url + "/api/health", headers={"Origin": "http://elsewhere.example"})
        for _ in range(2):
            urlopen(page).close()
    assert '"status":"degraded"' in health
    told = log.read_text(encoding="utf-8")
    assert f"The model server at {url} does not answer" in told
    assert "The school's records are damaged" in told
    assert "make repair" in told
    assert "Traceback" not in told
    assert told.count('"origin": "http://elsewhere.example"') == 1
    assert '"allowed_by": "LYCEUM_ALLOWED_ORIGINS"' in told


def test_sound_and_absent_files_are_no_damage(tmp_path: Path) -> None:
    adapters = LocalAdapters(read_settings({"LYCEUM_DATA": str(tmp_path)}))
    assert start_checks.damage_of(tmp_path / "tables.sqlite") is None
    assert adapters.key_values is not None
    assert start_checks.damage_of(tmp_path / "tables.sqlite") is None
    adapters.close()
    spoil(tmp_path / "tables.sqlite")
    assert start_checks.damage_of(tmp_path / "tables.sqlite") is not None
