"""The rules of QTI 3.0 for the files that we write: which elements, in which order, with which attributes.

They follow 1EdTech's schema (imsqti_asiv3p0_v1p0.xsd, imsqtiv3p0_imscpv1p2_v1p0.xsd), for the elements that we write.
The schema itself may not be passed on; ``python -m benchmarks.qti FOLDER`` validates with a copy of it.
"""

from __future__ import annotations

import re
from typing import Any

_NAME = re.compile(r"[A-Za-z_][\w.-]*")
_NAMED = ("identifier", "response-identifier", "outcome-identifier", "identifierref")
_SPACE = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"

RULES: dict[str, tuple[str, str, str]] = {
    # element: (children as a regular expression over "name ", required attributes, optional attributes)
    "qti-assessment-item": (
        "(qti-response-declaration )*(qti-outcome-declaration )*(qti-item-body )?(qti-response-processing )?"
        "(qti-modal-feedback )*",
        "identifier title time-dependent",
        "label adaptive",
    ),
    "qti-response-declaration": (
        "(qti-correct-response )?(qti-mapping )?",
        "identifier cardinality",
        "base-type",
    ),
    "qti-correct-response": ("(qti-value )+", "", ""),
    "qti-value": ("", "", ""),
    "qti-mapping": ("(qti-map-entry )+", "", "default-value lower-bound upper-bound"),
    "qti-map-entry": ("", "map-key mapped-value", "case-sensitive"),
    "qti-outcome-declaration": (
        "(qti-default-value )?",
        "identifier cardinality",
        "base-type external-scored",
    ),
    "qti-default-value": ("(qti-value )+", "", ""),
    "qti-item-body": (
        "(qti-choice-interaction |qti-order-interaction |p |qti-extended-text-interaction |qti-rubric-block )+",
        "",
        "class",
    ),
    "qti-choice-interaction": (
        "(qti-prompt )?(qti-simple-choice )+",
        "response-identifier",
        "shuffle max-choices",
    ),
    "qti-order-interaction": ("(qti-prompt )?(qti-simple-choice )+", "response-identifier", "shuffle"),
    "qti-prompt": ("", "", ""),
    "qti-simple-choice": ("", "identifier", ""),
    "p": ("(qti-text-entry-interaction )?", "", ""),
    "qti-text-entry-interaction": ("", "response-identifier", "expected-length placeholder-text"),
    "qti-extended-text-interaction": ("", "response-identifier", ""),
    "qti-rubric-block": ("qti-content-body ", "use view", ""),
    "qti-content-body": ("(p |ul )+", "", ""),
    "ul": ("(li )+", "", ""),
    "li": ("", "", ""),
    "qti-response-processing": ("(qti-response-condition |qti-set-outcome-value )+", "", ""),
    "qti-response-condition": ("qti-response-if ", "", ""),
    "qti-response-if": ("qti-match (qti-set-outcome-value )+", "", ""),
    "qti-match": ("(qti-variable |qti-correct ){2}", "", ""),
    "qti-variable": ("", "identifier", ""),
    "qti-correct": ("", "identifier", ""),
    "qti-map-response": ("", "identifier", ""),
    "qti-set-outcome-value": ("(qti-base-value |qti-map-response )", "identifier", ""),
    "qti-base-value": ("", "base-type", ""),
    "qti-modal-feedback": ("qti-content-body ", "outcome-identifier identifier show-hide", ""),
    "qti-assessment-test": ("(qti-test-part )+", "identifier title", ""),
    "qti-test-part": (
        "(qti-assessment-section )+",
        "identifier navigation-mode submission-mode",
        "",
    ),
    "qti-assessment-section": (
        "(qti-selection )?(qti-assessment-item-ref )*",
        "identifier title visible",
        "",
    ),
    "qti-selection": ("", "select", ""),
    "qti-assessment-item-ref": ("", "identifier href", ""),
    "manifest": ("metadata organizations resources ", "identifier", ""),
    "metadata": ("schema schemaversion ", "", ""),
    "schema": ("", "", ""),
    "schemaversion": ("", "", ""),
    "organizations": ("", "", ""),
    "resources": ("(resource )*", "", ""),
    "resource": ("(file )*(dependency )*", "identifier type href", ""),
    "file": ("", "href", ""),
    "dependency": ("", "identifierref", ""),
}
VALUES: dict[str, str] = {
    "adaptive": "true|false",
    "base-type": "identifier|string|float",
    "cardinality": "single|multiple|ordered",
    "case-sensitive": "true|false",
    "default-value": r"-?\d+(\.\d+)?",
    "expected-length": r"\d+",
    "external-scored": "human",
    "lower-bound": r"-?\d+",
    "mapped-value": r"-?\d+(\.\d+)?",
    "max-choices": r"\d+",
    "navigation-mode": "linear|nonlinear",
    "select": r"\d+",
    "show-hide": "show|hide",
    "shuffle": "true|false",
    "submission-mode": "individual|simultaneous",
    "time-dependent": "true|false",
    "upper-bound": r"-?\d+",
    "use": "instructions|scoring|navigation",
    "view": "author|candidate|proctor|scorer|testConstructor|tutor",
    "visible": "true|false",
}


def faults(root: Any, namespace: str) -> list[str]:
    """The rules that the document breaks. Empty if there are none."""
    found = []
    for element in root.iter():
        space, _, name = element.tag.removeprefix("{").rpartition("}")
        if space != namespace or name not in RULES:
            found.append(f"{element.tag}: no such element")
            continue
        children, needed, further = RULES[name]
        inside = "".join(child.tag.rpartition("}")[2] + " " for child in element)
        if not re.fullmatch(children, inside):
            found.append(f"{name}: has {inside or 'nothing'}")
        present = set(element.attrib) - {_SPACE}
        if not set(needed.split()) <= present <= {*needed.split(), *further.split()}:
            found.append(f"{name}: has the attributes {sorted(present)}")
        for attribute, value in element.attrib.items():
            wanted = VALUES.get(attribute)
            if attribute in _NAMED and not _NAME.fullmatch(value):
                found.append(f"{name}: {attribute} is {value}")
            if wanted is not None and not re.fullmatch(wanted, value):
                found.append(f"{name}: {attribute} is {value}")
    names = [element.get("identifier") for element in root.iter("{*}resource", "{*}qti-assessment-item-ref")]
    if len(set(names)) < len(names):
        found.append("an identifier twice")
    return found
