"""Packages of items in QTI 3.0, and the fake's, pass the contract."""

from __future__ import annotations

import io
import time
import zipfile
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from lxml import etree  # type: ignore[import-untyped]

from adapters.qti.names import ASI, PACKAGE
from adapters.qti.package import QtiPackages
from fakes.item_package import JsonItemPackages
from ports.agent import QuestionKind
from ports.item_package import Draw, ItemPackages, PackagedItem, UnreadablePackage
from tests.contracts.item_package.contract import (
    ItemPackagesContract,
    assert_read_back_equal,
    items_of_all_kinds,
)
from tests.support.qti_structure import faults


@pytest.mark.parametrize("packages", [QtiPackages(), JsonItemPackages()], ids=["qti", "json"])
@settings(max_examples=25, deadline=None)
@given(items=items_of_all_kinds())
def test_written_items_are_read_back_equal(packages: ItemPackages, items: list[PackagedItem]) -> None:
    assert_read_back_equal(packages, items)


class TestJsonItemPackages(ItemPackagesContract):
    @pytest.fixture
    def packages(self) -> ItemPackages:
        return JsonItemPackages()


def sample(kind: QuestionKind, number: int) -> PackagedItem:
    """An item of the kind. No two items are equal."""
    lists: dict[str, Any] = {
        "options": (f"one {number}", "two & more", "<three>"),
        "right": (1,),
        "accepted": (),
    }
    gap = None
    question = f"What of {number}?"
    if kind == "true_false":
        lists["options"] = ("True", "False")
    elif kind == "multiple_answer":
        lists["right"] = (0, 2)
    elif kind == "ordering":
        lists["right"] = (2, 0, 1)
    elif kind != "multiple_choice":
        lists = {"options": (), "right": (), "accepted": (f"{number} metres", "so many")}
        if kind == "numeric":
            lists["accepted"] = (f"{number} metres",)
        if kind == "cloze":
            question, gap = f"The _____ of {number}.", (4, 9)
    return PackagedItem(f"{number}", kind, question, explanation="So it is.", concept="c", gap=gap, **lists)


KINDS: tuple[QuestionKind, ...] = (
    "multiple_choice",
    "multiple_answer",
    "true_false",
    "cloze",
    "numeric",
    "ordering",
    "short_answer",
)


def item_xml(body: str, declaration: str | None = None, attributes: str = "", after: str = "") -> bytes:
    """A QTI 3 item, written as in the specification."""
    declared = declaration or (
        '<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="identifier">'
        "<qti-correct-response><qti-value>B</qti-value></qti-correct-response></qti-response-declaration>"
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<qti-assessment-item xmlns="{ASI}" identifier="q1" title="t" time-dependent="false" {attributes}>'
        f"{declared}<qti-item-body>{body}</qti-item-body>{after}</qti-assessment-item>"
    ).encode()


CHOICE = (
    '<qti-choice-interaction response-identifier="RESPONSE" max-choices="1"><qti-prompt>Which?</qti-prompt>'
    '<qti-simple-choice identifier="A">one</qti-simple-choice>'
    '<qti-simple-choice identifier="B">two</qti-simple-choice></qti-choice-interaction>'
)
SEVERAL = (
    '<qti-response-declaration identifier="RESPONSE" cardinality="multiple" base-type="identifier">{}'
    "</qti-response-declaration>"
)


class TestQtiPackages(ItemPackagesContract):
    @pytest.fixture
    def packages(self) -> ItemPackages:
        return QtiPackages()

    @pytest.mark.parametrize("kind", KINDS)
    def test_twenty_items_of_each_kind_keep_to_the_rules_of_the_schema(self, kind: QuestionKind) -> None:
        numbers = count()
        items = [sample(kind, next(numbers)) for _ in range(20)]
        content = QtiPackages().written("A quiz", items)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            trees = {name: etree.fromstring(archive.read(name)) for name in archive.namelist()}
        assert len(trees) == 22
        for name, root in trees.items():
            assert faults(root, PACKAGE if name == "imsmanifest.xml" else ASI) == [], name
        assert_read_back_equal(QtiPackages(), items)

    def test_a_quiz_that_draws_has_a_section_for_each_line(self) -> None:
        items = [sample("multiple_choice", number) for number in range(4)]
        draws = [Draw(2, ("0", "1", "2")), Draw(1, ("2", "3"))]
        content = QtiPackages().written("A quiz", items, draws)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            test = etree.fromstring(archive.read("test.xml"))
        assert faults(test, ASI) == []
        sections = test.findall(f".//{{{ASI}}}qti-assessment-section")
        assert [
            (one[0].get("select"), [reference.get("href") for reference in one[1:]]) for one in sections
        ] == [
            ("2", ["items/item-0.xml", "items/item-1.xml", "items/item-2.xml"]),
            ("1", ["items/item-2.xml", "items/item-3.xml"]),
        ]

    def test_the_rules_of_the_schema_refuse_what_breaks_them(self) -> None:
        wrong = item_xml(CHOICE).replace(b'max-choices="1"', b'max-choices="some" fixed="x"')
        assert len(faults(etree.fromstring(wrong), ASI)) == 2

    @pytest.mark.parametrize(
        ("content", "question", "options", "right"),
        [
            (item_xml(CHOICE), "Which?", ("one", "two"), (1,)),
            (
                item_xml("<p>Look <em>here</em>.</p><div><p>Again.</p></div>" + CHOICE),
                "Look here. Again. Which?",
                ("one", "two"),
                (1,),
            ),
            (
                item_xml(
                    CHOICE.replace("<qti-prompt>Which?</qti-prompt>", "").replace(">one<", "><p>one</p><")
                ).replace(b"<qti-item-body>", b"<qti-item-body><p>Which\n  one?</p>"),
                "Which one?",
                ("one", "two"),
                (1,),
            ),
            (
                item_xml(
                    CHOICE,
                    SEVERAL.format(
                        "<qti-correct-response><qti-value>B</qti-value><qti-value>A</qti-value></qti-correct-response>"
                    ),
                ),
                "Which?",
                ("one", "two"),
                (0, 1),
            ),
            (
                item_xml(
                    CHOICE,
                    SEVERAL.format(
                        '<qti-mapping default-value="0"><qti-map-entry map-key="A" mapped-value="1"/>'
                        '<qti-map-entry map-key="B" mapped-value="-1"/></qti-mapping>'
                    ),
                ),
                "Which?",
                ("one", "two"),
                (0,),
            ),
            (
                item_xml(
                    '<qti-rubric-block use="instructions" view="candidate"><qti-content-body><p>Choose well.</p>'
                    '</qti-content-body></qti-rubric-block><qti-rubric-block use="scoring" view="scorer">'
                    "<qti-content-body><p>The key is two.</p></qti-content-body></qti-rubric-block>" + CHOICE
                ),
                "Choose well. Which?",
                ("one", "two"),
                (1,),
            ),
            (
                item_xml(CHOICE)
                .replace(b"<qti-assessment-item", b"<q:qti-assessment-item")
                .replace(b"</qti-assessment-item", b"</q:qti-assessment-item")
                .replace(b"xmlns=", b'xmlns="' + ASI.encode() + b'" xmlns:q='),
                "Which?",
                ("one", "two"),
                (1,),
            ),
        ],
    )
    def test_a_choice_in_the_forms_of_the_specification_is_read(
        self, content: bytes, question: str, options: tuple[str, ...], right: tuple[int, ...]
    ) -> None:
        (read,) = QtiPackages().read(content).items
        assert (read.question, read.options, read.right) == (question, options, right)
        assert read.kind == ("multiple_answer" if b'cardinality="multiple"' in content else "multiple_choice")

    @pytest.mark.parametrize(
        ("content", "problem"),
        [
            (item_xml(CHOICE, attributes='adaptive="true"'), "adaptive"),
            (item_xml(CHOICE + CHOICE), "several_interactions"),
            (item_xml("<p>Write.</p>"), "kind_not_read"),
            (item_xml('<qti-extended-text-interaction response-identifier="RESPONSE"/>'), "kind_not_read"),
            (item_xml('<qti-hotspot-interaction response-identifier="RESPONSE"/>'), "kind_not_read"),
            (item_xml(CHOICE.replace(">one<", '><img src="x.png" alt="one"/><')), "media"),
            (
                item_xml(
                    CHOICE.replace(">Which?<", '>Which <math xmlns="http://www.w3.org/1998/Math/MathML"/>?<')
                ),
                "media",
            ),
            (
                item_xml(CHOICE, '<qti-response-declaration identifier="RESPONSE" cardinality="single"/>'),
                "no_key",
            ),
            (
                item_xml(CHOICE.replace('response-identifier="RESPONSE"', 'response-identifier="OTHER"')),
                "no_key",
            ),
            (item_xml(CHOICE.replace('identifier="B"', 'identifier="C"')), "no_key"),
            (item_xml(CHOICE.replace(">one<", "><")), "no_question"),
            (item_xml(CHOICE.replace("Which?", "")), "no_question"),
            (
                item_xml(CHOICE.replace("Which?", 'Which <qti-printed-variable identifier="x"/>?')),
                "template",
            ),
            (
                item_xml(CHOICE).replace(
                    b"<qti-item-body>",
                    b'<qti-assessment-stimulus-ref identifier="s" href="s.xml"/><qti-item-body>',
                ),
                "stimulus",
            ),
            (b'<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1"/>', "other_version"),
            (b"<questestinterop/>", "other_version"),
            (b"<html/>", "malformed"),
            (b"<qti-assessment-item", "malformed"),
            (
                b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><qti-assessment-item>&e;</qti-assessment-item>',
                "malformed",
            ),
            (b"<a>" * 300 + b"</a>" * 300, "malformed"),
        ],
    )
    def test_another_item_is_refused_with_a_reason(self, content: bytes, problem: str) -> None:
        read = QtiPackages().read(content)
        assert read.items == ()
        assert [one.problem for one in read.unread] == [problem]

    def test_entities_that_grow_are_refused_at_once(self) -> None:
        grows = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
        bomb = f'<!DOCTYPE x [<!ENTITY a0 "ha">{grows}]><qti-assessment-item>&a11;</qti-assessment-item>'
        began = time.process_time()
        assert [one.problem for one in QtiPackages().read(bomb.encode()).unread] == ["malformed"]
        assert time.process_time() - began < 1

    def test_an_item_that_unpacks_too_large_is_refused_and_the_others_are_read(self) -> None:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.xml", b"<x>" + b" " * 10_000_000 + b"</x>")
            archive.writestr("b.xml", item_xml(CHOICE))
        read = QtiPackages().read(file.getvalue())
        assert [(one.name, one.problem) for one in read.unread] == [("a.xml", "too_large")]
        assert [one.question for one in read.items] == ["Which?"]

    @pytest.mark.parametrize(
        ("content", "code"),
        [(b"PK\x03\x04 not a zip", "corrupt"), (b"PK", "corrupt"), (b"x" * (5 * 1024 * 1024), "too_large")],
    )
    def test_a_file_that_is_no_package_is_refused(self, content: bytes, code: str) -> None:
        with pytest.raises(UnreadablePackage) as why:
            QtiPackages().read(content)
        assert why.value.code == code

    def test_only_what_the_manifest_names_is_read_and_nothing_outside_the_package(self) -> None:
        file = io.BytesIO()
        manifest = (
            f'<manifest xmlns="{PACKAGE}" identifier="m"><metadata/><organizations/><resources>'
            '<resource identifier="r" type="imsqti_item_xmlv3p0" href="a.xml"/></resources></manifest>'
        )
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("folder/imsmanifest.xml", manifest)
            archive.writestr("folder/a.xml", item_xml(CHOICE))
            archive.writestr("folder/b.xml", item_xml(CHOICE))
        assert len(QtiPackages().read(file.getvalue()).items) == 1
        outside = file.getvalue().replace(b'href="a.xml"', b'href="../x"')
        with pytest.raises(UnreadablePackage):
            QtiPackages().read(outside)
