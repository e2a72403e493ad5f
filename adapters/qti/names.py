"""Names of QTI 3.0: namespaces and resource types, and the names that we put into free attributes."""

from __future__ import annotations

from ports.agent_words import QuestionKind

ASI = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
"""The namespace of items and tests."""
PACKAGE = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
ASI_SCHEMA = "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0_v1p0.xsd"
PACKAGE_SCHEMA = "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqtiv3p0_imscpv1p2_v1p0.xsd"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
ITEM_TYPE = "imsqti_item_xmlv3p0"
TEST_TYPE = "imsqti_test_xmlv3p0"
MANIFEST = "imsmanifest.xml"
RESPONSE, SCORE, FEEDBACK, EXPLANATION = "RESPONSE", "SCORE", "FEEDBACK", "EXPLANATION"
KIND_CLASS = "lyceum-"
"""The prefix of the item's kind in the ``class`` of its body. Without it, two kinds could look the same in QTI."""
GAP = "_____"
LETTERS = "ABCDEF"
CHOICES: tuple[QuestionKind, ...] = ("multiple_choice", "true_false", "multiple_answer")
