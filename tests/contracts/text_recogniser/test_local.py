"""Text recognition on the laptop, which ``OCR=1`` installs. ``make test-ocr`` runs these tests."""

from __future__ import annotations

import io
import os
from collections import Counter
from collections.abc import Callable, Iterator
from shutil import which

import pytest
from PIL import Image

from adapters.local.recognition.engines import SURE, Engine, certainty, lines_of_table, tesseract
from adapters.local.recognition.process import upright
from adapters.local.recognition.recogniser import LocalTextRecogniser, RecognitionLimits, is_installed
from chalicelib.composition.profiles.local.adapters import LocalAdapters
from chalicelib.settings import SettingsError, read_settings
from domain.documents.scanned_text import text_of
from fakes.object_store import InMemoryObjectStore
from fakes.system import FrozenClock
from ports.text_recogniser import RecognisedPage, Scan, ScanType, UnrecognisableScan
from tests.contracts.text_recogniser.contract import Scans, TextRecogniserContract, outcome_of
from tests.support.scans import encoded, page_of_text, pdf_of, photograph, scanned, strokes

ENGINES: tuple[Engine, ...] = ("rapidocr", "tesseract")
LINES = (
    ("The Moon is the only natural", "satellite of the Earth."),
    ("It always shows the same side", "because its rotation is locked."),
)
STORY = (
    "The ship left the harbour before dawn, and nobody on the quay saw it go. A lamp burned in the last house. "
    "Behind it the hills were dark, and the river carried leaves and foam down to the bar. "
)
needs_ocr = pytest.mark.skipif(
    not is_installed("rapidocr"), reason="requirements-ocr.txt is not installed: `make test-ocr`"
)


def small_page(text: str) -> Image.Image:
    return page_of_text(text, width=900, height=560, size=32)[0]


def scans() -> Scans:
    pages = [small_page("\n".join(lines)) for lines in LINES]
    return Scans(
        printed=pdf_of(pages),
        lines=LINES,
        blank=pdf_of([Image.new("L", (900, 560), 255)]),
        unreadable=(b"", b"no scan at all", b"%PDF-1.7\n" + b"\0" * 100),
    )


SCANS = scans() if is_installed("rapidocr") else None


@pytest.fixture
def objects() -> InMemoryObjectStore:
    return InMemoryObjectStore(FrozenClock())


@pytest.fixture(params=ENGINES)
def recogniser(objects: InMemoryObjectStore, request: pytest.FixtureRequest) -> Iterator[LocalTextRecogniser]:
    if not is_installed(request.param):
        pytest.skip(f"{request.param} is not installed")
    recogniser = LocalTextRecogniser(objects, request.param)
    yield recogniser
    recogniser.close()


@pytest.fixture
def rapidocr(objects: InMemoryObjectStore) -> Iterator[LocalTextRecogniser]:
    recogniser = LocalTextRecogniser(objects)
    yield recogniser
    recogniser.close()


@needs_ocr
@pytest.mark.slow
class TestLocalTextRecogniser(TextRecogniserContract):
    @pytest.fixture
    def scans(self) -> Scans:
        assert SCANS is not None
        return SCANS

    @pytest.fixture
    def finish(self, recogniser: LocalTextRecogniser) -> Callable[[], None]:
        return recogniser.finish


def read(
    recogniser: LocalTextRecogniser,
    objects: InMemoryObjectStore,
    content: bytes,
    media_type: ScanType,
    *pages: int,
) -> tuple[RecognisedPage, ...]:
    scan = Scan("job", f"raw-files/scan.{media_type}", media_type, pages or (1,), "recognised/job/")
    return outcome_of(recogniser, objects, recogniser.finish, scan, content)


def words(text: str | None) -> Counter[str]:
    return Counter((text or "").lower().split())


def shared(text: str | None, other: str) -> float:
    return (words(text) & words(other)).total() / words(other).total()


@needs_ocr
@pytest.mark.slow
@pytest.mark.parametrize("turned", [0.7, -3.0, 90.0, 180.0, 270.0])
def test_a_rotated_page_is_read(
    rapidocr: LocalTextRecogniser, objects: InMemoryObjectStore, turned: float
) -> None:
    page, shown = page_of_text(STORY * 2, width=1000, height=800)
    picture = page.rotate(turned, expand=True, fillcolor=255)
    [found] = read(rapidocr, objects, encoded(scanned(picture, turned=0)), "jpg")
    assert shared(text_of(found), shown) > 0.95
    assert (text_of(found) or "").startswith("The ship left")


@needs_ocr
@pytest.mark.slow
@pytest.mark.parametrize(
    ("format", "media_type", "options"),
    [
        ("PNG", "png", {}),
        ("PNG", "jpg", {}),
        ("WEBP", "webp", {}),
        ("TIFF", "tiff", {"compression": "tiff_lzw"}),
        ("TIFF", "tiff", {"compression": "group4"}),
    ],
)
def test_pictures_of_each_type_are_read(
    rapidocr: LocalTextRecogniser,
    objects: InMemoryObjectStore,
    format: str,
    media_type: ScanType,
    options: dict[str, str],
) -> None:
    page = small_page(" ".join(LINES[0]))
    picture = page.convert("1") if "group4" in options.values() else page
    [found] = read(rapidocr, objects, encoded(picture, format, **options), media_type)
    assert (text_of(found) or "").split() == " ".join(LINES[0]).split()


@needs_ocr
@pytest.mark.slow
def test_pictures_of_other_depths_and_with_transparency_are_read(
    rapidocr: LocalTextRecogniser, objects: InMemoryObjectStore
) -> None:
    page = small_page(" ".join(LINES[0]))
    clear = Image.new("RGBA", page.size, (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), mask=page.point(lambda grey: 255 - grey))
    deep = page.convert("I").point(lambda grey: grey * 200).convert("I;16")
    for number, picture in enumerate((clear, deep, page.convert("P"), page.convert("CMYK").convert("RGB"))):
        scan = Scan(f"job-{number}", f"raw-files/{number}.png", "png", (1,), f"recognised/{number}/")
        [found] = outcome_of(rapidocr, objects, rapidocr.finish, scan, encoded(picture, "PNG"))
        assert (text_of(found) or "").split() == " ".join(LINES[0]).split(), picture.mode


@needs_ocr
@pytest.mark.slow
def test_the_pages_of_a_tiff_are_read(rapidocr: LocalTextRecogniser, objects: InMemoryObjectStore) -> None:
    first, second = (small_page(" ".join(lines)) for lines in LINES)
    content = encoded(first, "TIFF", save_all=True, append_images=[second])
    pages = read(rapidocr, objects, content, "tiff", 1, 2)
    assert [shared(text_of(page), " ".join(lines)) for page, lines in zip(pages, LINES, strict=True)] == [
        1,
        1,
    ]


@needs_ocr
@pytest.mark.slow
@pytest.mark.parametrize("draw", [strokes, photograph])
def test_strokes_and_photographs_are_no_text(
    recogniser: LocalTextRecogniser, objects: InMemoryObjectStore, draw: Callable[[int], Image.Image]
) -> None:
    [found] = read(recogniser, objects, encoded(draw(3)), "jpg")
    assert text_of(found) is None


@needs_ocr
@pytest.mark.slow
def test_a_page_that_takes_too_much_ends_its_process_alone(objects: InMemoryObjectStore) -> None:
    assert SCANS is not None
    for limits in (
        RecognitionLimits(memory=1),
        RecognitionLimits(page_cpu_seconds=0),
        RecognitionLimits(page_wall_seconds=0.01),
    ):
        recogniser = LocalTextRecogniser(objects, limits=limits)
        with pytest.raises(UnrecognisableScan):
            read(recogniser, objects, SCANS.printed, "pdf", 1, 2)
        recogniser.close()
        for key in list(objects.keys("")):
            objects.delete(key)


@needs_ocr
@pytest.mark.slow
def test_a_huge_picture_is_not_decoded(rapidocr: LocalTextRecogniser, objects: InMemoryObjectStore) -> None:
    content = encoded(Image.new("1", (20_000, 20_000), 1), "PNG")
    with pytest.raises(UnrecognisableScan):
        read(rapidocr, objects, content, "png")


@needs_ocr
@pytest.mark.slow
def test_a_damaged_page_costs_no_other(rapidocr: LocalTextRecogniser, objects: InMemoryObjectStore) -> None:
    first, second = (small_page(" ".join(lines)) for lines in LINES)
    content = encoded(first, "TIFF", save_all=True, append_images=[second])
    cut = content[: len(content) * 3 // 4]  # within the second page
    with Image.open(io.BytesIO(content)) as stored:
        assert getattr(stored, "n_frames", 1) == 2
    try:
        pages = read(rapidocr, objects, cut, "tiff", 1, 2)
    except UnrecognisableScan:
        return  # its directory is lost, so that no page can be found
    assert shared(text_of(pages[0]), " ".join(LINES[0])) == 1


@needs_ocr
def test_nothing_of_an_erased_scan_is_stored(objects: InMemoryObjectStore) -> None:
    assert SCANS is not None
    scan = SCANS.as_scan()
    recogniser = LocalTextRecogniser(_Forgetful(objects, scan.key))
    objects.put(scan.key, SCANS.printed, "")
    recogniser.begin(scan)
    recogniser.finish()
    recogniser.close()
    assert list(objects.keys("")) == []


class _Forgetful(InMemoryObjectStore):
    """A store that loses a scan after it was looked for."""

    def __init__(self, objects: InMemoryObjectStore, key: str) -> None:
        super().__init__(FrozenClock())
        self._bodies, self._key = objects._bodies, key

    def get(self, key: str) -> bytes:
        body = super().get(key)
        if key == self._key:
            self.delete(key)
        return body


def test_the_lines_of_tesseracts_table_are_read() -> None:
    head = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"
    rows = [
        "4\t1\t1\t1\t1\t0\t100\t50\t300\t20\t-1\t",
        "5\t1\t1\t1\t1\t1\t100\t50\t100\t20\t96.5\tThe",
        '5\t1\t1\t1\t1\t2\t220\t50\t180\t20\t90\t"Moon',
        "5\t1\t1\t1\t2\t1\t100\t80\t80\t20\t40\t ",
        "5\t1\t1\t1\t3\t1\t100\t110\t80\t20\t40\tx",
    ]
    first, second = lines_of_table("\n".join([head, *rows]), 1000, 500)
    assert (first.text, second.text) == ('The "Moon', "x")
    assert first.confidence == pytest.approx((3 * 96.5 + 5 * 90) / 800)
    assert tuple(first.box) == (0.1, 0.1, 0.4, 0.14)


@needs_ocr
@pytest.mark.slow
@pytest.mark.skipif(which("tesseract") is None, reason="tesseract is not installed")
def test_tesseract_reads_a_crooked_and_noisy_page() -> None:
    page, shown = page_of_text(STORY * 8)
    bad = encoded(scanned(page, turned=-2, blurred=2, noise=16), quality=30)
    lines = upright(Image.open(io.BytesIO(bad)), tesseract())
    read = Counter(" ".join(line.text for line in lines).split())
    assert (read & Counter(shown.split())).total() >= 0.85 * len(shown.split())
    assert certainty(lines) >= SURE
    assert certainty([]) == 0


def test_an_engine_that_is_not_installed_reads_nothing(
    objects: InMemoryObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    assert which("tesseract") is None
    assert LocalTextRecogniser(objects, "tesseract").media_types == frozenset()
    settings = read_settings({"LYCEUM_PROFILE": "local", "LYCEUM_OCR": "tesseract"})
    with pytest.raises(SettingsError, match="OCR=1"):
        _ = LocalAdapters(settings).recogniser
