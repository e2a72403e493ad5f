"""Choices in the many forms that QTI 3.0 allows. Each is either read, or refused with a reason."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from adapters.qti.names import ASI
from adapters.qti.package import QtiPackages
from ports.agent import QuestionKind

_PROCESSING = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/"


def declared(*right: str, several: bool = False, mapping: str = "", kind: str = "identifier") -> str:
    """The declaration of a response."""
    cardinality = "multiple" if several else "single"
    values = "".join(f"<qti-value>{one}</qti-value>" for one in right)
    correct = f"<qti-correct-response>{values}</qti-correct-response>" if right else ""
    return (
        f'<qti-response-declaration identifier="RESPONSE" cardinality="{cardinality}" base-type="{kind}">'
        f"{correct}{mapping}</qti-response-declaration>"
    )


def mapped(bounds: str = "", **values: float) -> str:
    entries = "".join(
        f'<qti-map-entry map-key="{key}" mapped-value="{value}"/>' for key, value in values.items()
    )
    return f'<qti-mapping {bounds} default-value="0">{entries}</qti-mapping>'


def choices(
    *options: str,
    prompt: str = "<qti-prompt>Which metal is liquid at room temperature?</qti-prompt>",
    how: str = "",
) -> str:
    shown = "".join(
        one
        if one.startswith("<qti-simple-choice")
        else f'<qti-simple-choice identifier="{name}">{one}</qti-simple-choice>'
        for name, one in zip("ABCDEF", options or ("Iron", "Mercury", "Gold"), strict=False)
    )
    return f'<qti-choice-interaction response-identifier="RESPONSE" {how}>{prompt}{shown}</qti-choice-interaction>'


def item(
    body: str, declaration: str = declared("B"), *, before: str = "", after: str = "", how: str = ""
) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><qti-assessment-item xmlns="{ASI}" identifier="metals" title="Metals" '
        f'time-dependent="false" xml:lang="en" {how}>{declaration}'
        '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"><qti-default-value>'
        "<qti-value>0</qti-value></qti-default-value></qti-outcome-declaration>"
        f"{before}<qti-item-body>{body}</qti-item-body>{after}</qti-assessment-item>"
    )


def prefixed(content: str) -> str:
    """The same XML with a prefix for QTI's namespace, as some tools write it."""
    return content.replace("</qti-", "</q:qti-").replace("<qti-", "<q:qti-").replace("xmlns=", "xmlns:q=")


@dataclass(frozen=True)
class Read:
    question: str = "Which metal is liquid at room temperature?"
    options: tuple[str, ...] = ("Iron", "Mercury", "Gold")
    right: tuple[int, ...] = (1,)
    explanation: str = ""
    kind: QuestionKind = "multiple_choice"


_MATCHED = (
    "<qti-response-processing><qti-response-condition><qti-response-if><qti-match>"
    '<qti-variable identifier="RESPONSE"/>{}</qti-match><qti-set-outcome-value identifier="SCORE">'
    '<qti-base-value base-type="float">1</qti-base-value></qti-set-outcome-value></qti-response-if>'
    "</qti-response-condition></qti-response-processing>"
)
_FEEDBACK = (
    '<qti-modal-feedback outcome-identifier="FEEDBACK" identifier="{}" show-hide="show"><qti-content-body><p>{}</p>'
    "</qti-content-body></qti-modal-feedback>"
)
_RUBRIC = (
    '<qti-rubric-block use="{}" view="{}"><qti-content-body><p>{}</p></qti-content-body></qti-rubric-block>'
)
_SEVERAL = Read("Which are metals?", ("Iron", "Mercury", "Sulphur"), (0, 1), kind="multiple_answer")
_METALS = choices(
    "Iron", "Mercury", "Sulphur", prompt="<qti-prompt>Which are metals?</qti-prompt>", how='max-choices="0"'
)
READ = {
    "the response-processing template match_correct": (
        item(choices(), after=f'<qti-response-processing template="{_PROCESSING}match_correct.xml"/>'),
        Read(),
    ),
    "response processing that is written out": (
        item(choices(), after=_MATCHED.format('<qti-correct identifier="RESPONSE"/>')),
        Read(),
    ),
    "a prefix for the namespace": (prefixed(item(choices())), Read()),
    "choices that are shuffled, the last one fixed": (
        item(
            choices(
                "Iron",
                "Mercury",
                '<qti-simple-choice identifier="C" fixed="true">None of these</qti-simple-choice>',
                how='shuffle="true" max-choices="1"',
            )
        ),
        Read(options=("Iron", "Mercury", "None of these")),
    ),
    "a horizontal choice with the vocabulary of classes": (
        item(
            choices(
                how='orientation="horizontal" min-choices="1" class="qti-labels-none qti-choices-stacking-2"'
            )
        ),
        Read(),
    ),
    "several right choices": (item(_METALS, declared("A", "B", several=True)), _SEVERAL),
    "several right choices with a mapping beside them": (
        item(
            _METALS,
            declared(
                "A", "B", several=True, mapping=mapped('lower-bound="0" upper-bound="2"', A=1, B=1, C=-2)
            ),
            after=f'<qti-response-processing template="{_PROCESSING}map_response.xml"/>',
        ),
        _SEVERAL,
    ),
    "several right choices by a mapping alone": (
        item(_METALS, declared(several=True, mapping=mapped(A=0.5, B=0.5, C=-1))),
        _SEVERAL,
    ),
    "one right choice by a mapping alone, another worth a part": (
        item(choices(), declared(mapping=mapped(A=0.25, B=1))),
        Read(),
    ),
    "one right choice of several that may be chosen": (
        item(_METALS, declared("A", several=True)),
        Read("Which are metals?", ("Iron", "Mercury", "Sulphur"), (0,), kind="multiple_answer"),
    ),
    "feedback after the answer, for each choice": (
        item(
            choices(),
            after=_FEEDBACK.format("A", "Iron melts at 1,538 °C.")
            + _FEEDBACK.format("B", "It melts at -39 °C."),
        ),
        Read(explanation="It melts at -39 °C."),
    ),
    "feedback after the answer, the same for all": (
        item(choices(), after=_FEEDBACK.format("DONE", "Mercury melts at -39 °C.")),
        Read(explanation="Mercury melts at -39 °C."),
    ),
    "feedback inside the choices": (
        item(
            choices(
                'Iron<qti-feedback-inline outcome-identifier="FEEDBACK" identifier="A" show-hide="show">No.'
                "</qti-feedback-inline>",
                "Mercury",
                "Gold",
            )
        ),
        Read(),
    ),
    "feedback in the body": (
        item(
            choices()
            + '<qti-feedback-block outcome-identifier="FEEDBACK" identifier="B" show-hide="show"><qti-content-body>'
            "<p>Yes: mercury.</p></qti-content-body></qti-feedback-block>"
        ),
        Read(),
    ),
    "a rubric for candidates and one for scorers": (
        item(
            _RUBRIC.format("instructions", "candidate", "Choose one.")
            + _RUBRIC.format("scoring", "scorer", "Mercury.")
            + choices()
        ),
        Read("Choose one. Which metal is liquid at room temperature?"),
    ),
    "a stem of blocks before the choice, and no prompt": (
        item(
            "<div><p>Metals <em>melt</em>.</p><ul><li>Which is liquid now?</li></ul></div>"
            + choices(prompt="")
        ),
        Read("Metals melt. Which is liquid now?"),
    ),
    "paragraphs and emphasis in the choices": (
        item(choices("<p>Iron</p>", "<div><strong>Mercury</strong></div>", "<span class='x'>Gold</span>")),
        Read(),
    ),
    "raised and lowered digits": (
        item(choices("10<sup>2</sup> kg", "the 3<sup>rd</sup> m<sup>−1</sup>", "H<sub>2</sub>O")),
        Read(options=("10² kg", "the 3rd m⁻¹", "H₂O")),
    ),
    "character data and references": (
        item(choices("<![CDATA[a < b]]>", "a &amp; b", "&#97; &gt; b")),
        Read(options=("a < b", "a & b", "a > b")),
    ),
    "a declared context and a stylesheet": (
        item(
            choices(),
            before='<qti-context-declaration identifier="QTI_CONTEXT" cardinality="record"/>'
            '<qti-stylesheet href="style.css" type="text/css"/>',
        ),
        Read(),
    ),
    "a catalogue of supports for accessibility": (
        item(
            choices(
                prompt='<qti-prompt data-catalog-idref="c">Which metal is liquid at room temperature?</qti-prompt>'
            ),
            after='<qti-catalog-info><qti-catalog id="c"><qti-card support="glossary-on-screen"><qti-html-content>'
            "<p>A metal conducts.</p></qti-html-content></qti-card></qti-catalog></qti-catalog-info>",
        ),
        Read(),
    ),
    "spaces and line ends of an editor": (
        item(choices("\n   Iron\n", "\t Mercury ", "Gold").replace("liquid at", "liquid\n      at")),
        Read(),
    ),
}
REFUSED = {
    "two choices that are equally right, where one may be chosen": (
        item(choices(), declared(mapping=mapped(A=1, B=1))),
        "no_key",
    ),
    "a key that only response processing has": (
        item(
            choices(),
            declared(),
            after=_MATCHED.format('<qti-base-value base-type="identifier">B</qti-base-value>'),
        ),
        "no_key",
    ),
    "no key, as in a survey": (item(choices(), declared()), "no_key"),
    "a key that is no choice": (item(choices(), declared("Z")), "no_key"),
    "a key twice": (item(_METALS, declared("A", "A", several=True)), "no_key"),
    "a picture in the stem": (
        item('<p><img src="images/metal.png" alt="A metal"/></p>' + choices()),
        "media",
    ),
    "pictures as choices": (
        item(choices('<img src="a.png" alt="a"/>', '<img src="b.png" alt="b"/>')),
        "media",
    ),
    "a sound": (item('<object data="a.mp3" type="audio/mpeg"/>' + choices()), "media"),
    "a formula": (
        item('<p><math xmlns="http://www.w3.org/1998/Math/MathML"><mi>x</mi></math></p>' + choices()),
        "media",
    ),
    "a raised word, which no plain text can show": (item(choices("x<sup>abc</sup>", "y", "z")), "media"),
    "a stimulus beside the item": (
        item(choices(), before='<qti-assessment-stimulus-ref identifier="s" href="text.xml" title="t"/>'),
        "stimulus",
    ),
    "a part of the text from another file": (
        item('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="text.xml"/>' + choices()),
        "stimulus",
    ),
    "numbers that are drawn": (
        item(
            choices(prompt='<qti-prompt>What is <qti-printed-variable identifier="X"/>?</qti-prompt>'),
            before='<qti-template-declaration identifier="X" cardinality="single" base-type="integer"/>',
        ),
        "template",
    ),
    "choices that are shown or hidden by a template": (
        item(
            choices(
                '<qti-simple-choice identifier="A" template-identifier="T" show-hide="hide">Iron</qti-simple-choice>',
                "Mercury",
            )
        ),
        "template",
    ),
    "an adaptive item": (item(choices(), how='adaptive="true"'), "adaptive"),
    "two choices in one item": (item(choices() + choices()), "several_interactions"),
    "a choice within a line of text": (
        item(
            '<p>The <qti-inline-choice-interaction response-identifier="RESPONSE"><qti-inline-choice identifier="B">is'
            "</qti-inline-choice></qti-inline-choice-interaction>.</p>"
        ),
        "kind_not_read",
    ),
    "words of a text as choices": (
        item(
            '<qti-hottext-interaction response-identifier="RESPONSE"><p>A <qti-hottext identifier="B">word</qti-hottext>.'
            "</p></qti-hottext-interaction>"
        ),
        "kind_not_read",
    ),
    "a choice of one": (item(choices("Iron", how='max-choices="1"'), declared("A")), "no_question"),
}


@pytest.mark.parametrize("form", READ)
def test_a_choice_is_read(form: str) -> None:
    content, wanted = READ[form]
    found = QtiPackages().read(content.encode())
    assert [one.problem for one in found.unread] == []
    again = QtiPackages().read(QtiPackages().written("A quiz", found.items))
    for (one,) in (found.items, again.items):
        assert Read(one.question, one.options, one.right, one.explanation, one.kind) == wanted


@pytest.mark.parametrize("form", REFUSED)
def test_another_is_refused_with_a_reason(form: str) -> None:
    content, problem = REFUSED[form]
    found = QtiPackages().read(content.encode())
    assert ([one.problem for one in found.unread], found.items) == ([problem], ())
