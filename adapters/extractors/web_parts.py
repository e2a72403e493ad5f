"""Decides which parts of a web page lead a reader around the site, or ask for consent, and are not content."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum, auto

from adapters.extractors.blocks import Block

_NAVIGATION_ROLES = frozenset("navigation search menu menubar toolbar contentinfo".split())
_DIALOG_ROLES = frozenset(("dialog", "alertdialog"))
_PARTS_OF_CONTENT = frozenset("article main section blockquote figure td".split())
"""A header or a footer inside one of these belongs to it, and not to the whole page."""
_WHOLE = frozenset("html body main article".split())
"""Never a notice. Some pages note in the class of such an element that a notice is shown."""
ARTICLES = frozenset("main article".split())
"""The elements that hold the page's own content."""
_NAME = re.compile(
    r"(?:^|[-_\s])(?:(?:top|side|main|sub|site)?(?:nav|menu)(?:bar|igation)?|breadcrumbs?|pagination|pager|sidebar|"
    r"footer|colophon|sitemap|toolbar|topbar)(?=$|[-_\s])"
    r"|(?:^|[-_\s])(?:social|shar(?:e|ing)|related)(?=$|\s|[-_]?(?:area|bar|block|box|buttons?|container|content|icons?|items?|"
    r"links?|list|media|menu|nav|pages?|posts?|section|topics|widget|wrapper)(?=$|[-_\s]))",
    re.IGNORECASE,
)
"""The second list has words that also occur in names of lessons, such as *social studies*. They count only if they
stand alone, or before a word for a part of a page.
"""
_CONSENT = re.compile(
    r"(?:cookie|consent|gdpr)[-_]?(?:\w{0,20}[-_])?(?:banner|bar|notice|consent|popup|modal|dialog|message|box|overlay|law|"
    r"info|container|wrapper|manager|warning|notification|hint|layer|settings)|onetrust|cybot|usercentrics|didomi",
    re.IGNORECASE,
)
_MOST_OF_NAMES = 1_000
"""In characters. The rest of a longer id or class is not read."""
_UNSEEN = re.compile(
    r"(?:^|\s)(?:headerlink|anchor-link|mw-editsection|mw-jump-link|skip-link|sr-only|visually-hidden|screen-reader-text)(?=$|\s)"
)
"""Classes of texts that a reader does not see, or of marks beside headings."""
_RIGHTS = re.compile(r"©|\(c\)\s*\d{4}|\bcopyright\b", re.IGNORECASE)
_ABOUT_CONSENT = re.compile(
    r"cookie|consent|privacy|gdpr|dsgvo|rgpd|datenschutz|einwillig|consentement|privacidad|consentimiento|privacidade|"
    r"consenso|toestemming|zgod[aęy]|newsletter|subscribe|sign (?:in|up)|log ?in",
    re.IGNORECASE,
)
"""A dialog with such words is about the site and is left out. Other dialogs hold solutions, notes or enlarged pictures
with their captions.
"""
_LONGEST_NOTICE = 3_000
"""In letters and digits. A longer notice or footer is a text about cookies, consent or rights."""
_LINKED = 0.5
"""The least share of a part's letters and digits that are in links or buttons, if its name alone does not decide."""
_FEWEST_LINKS = 3
"""If fewer links stand after the last prose, they stay: they may be its source."""
_LONGEST_LINKS = 4
"""If the links after the last prose have more words on average, they are titles of works, and not a menu."""
_FEWEST_WORDS = 8
"""A block with at least this number of words and no link is prose."""


class Part(Enum):
    CONTENT = auto()
    NAVIGATION = auto()
    NOTICE = auto()
    """About cookies or consent. It has a link, a button or a field."""
    DIALOG = auto()
    """Navigation if it is about consent or an account."""
    SIDE = auto()
    """A part that is navigation if most of it is links."""
    HEADER = auto()
    """A part like ``SIDE``, but its headings are content."""
    FOOTER = auto()
    """A part that is navigation if most of it is links, or if it names the holder of the rights."""


_NAMED = {
    "footer": Part.FOOTER,
    "colophon": Part.FOOTER,
    "breadcrumb": Part.NAVIGATION,
    "breadcrumbs": Part.NAVIGATION,
    "pagination": Part.NAVIGATION,
}


class Links(Block):
    """A block whose whole text is links or buttons."""


class LinksOfArticle(Links):
    """Links inside the element for the page's main part or for an article, or in a list beside prose. After the prose,
    they are content.
    """


def part_of(tag: str, attributes: Mapping[str, str], *, in_content: bool) -> Part:
    """The kind of the element. ``in_content`` says that it stands in an article, a section or a table's cell."""
    role = attributes.get("role") or ""
    if tag == "nav" or role in _NAVIGATION_ROLES:
        return Part.NAVIGATION
    if role in _DIALOG_ROLES or attributes.get("aria-modal") == "true":
        return Part.DIALOG
    names = " ".join((attributes.get(name) or "")[:_MOST_OF_NAMES] for name in ("id", "class"))
    if len(names) > 1 and tag not in _WHOLE and _CONSENT.search(names):
        return Part.NOTICE
    if role == "banner" or (tag == "header" and not in_content):
        return Part.HEADER
    if tag == "footer" and not in_content:
        return Part.FOOTER
    if tag == "aside" or role == "complementary":
        return Part.SIDE
    if (
        len(names) > 1
        and tag in ("div", "section", "ul", "ol", "p", "td", "table", "form")
        and (name := _NAME.search(names))
    ):
        return _NAMED.get(name[0].strip("-_ \t\n").lower(), Part.SIDE)
    return Part.CONTENT


def is_part_of_content(tag: str) -> bool:
    return tag in _PARTS_OF_CONTENT


def is_unseen(attributes: Mapping[str, str]) -> bool:
    """Whether the element's class says that a reader does not see its text."""
    return _UNSEEN.search(attributes.get("class") or "") is not None


def content_of(part: Part, blocks: list[Block], *, ink: int, linked: int, has_controls: bool) -> list[Block]:
    """The blocks of the part that are content. ``ink`` is the number of its letters and digits, ``linked`` the number
    of those in links. ``has_controls`` says whether the part, with the parts in it, has links, buttons or fields.
    """
    is_linked = linked >= _LINKED * ink
    if part is Part.NAVIGATION or (part is Part.SIDE and is_linked):
        return []
    if part is Part.DIALOG:
        is_notice = ink <= _LONGEST_NOTICE and any(_ABOUT_CONSENT.search(block.text) for block in blocks)
        return [] if is_notice else blocks
    if part is Part.NOTICE:
        return [] if has_controls and ink <= _LONGEST_NOTICE else blocks
    if part is Part.HEADER and is_linked:
        return [block for block in blocks if block.level and not isinstance(block, Links)]
    if part is Part.FOOTER and (
        is_linked or (ink <= _LONGEST_NOTICE and any(_RIGHTS.search(block.text) for block in blocks))
    ):
        return []
    return blocks


def is_said_by_button(text: str) -> bool:
    """Whether the text of a button is content: the question or the title over a part that it opens."""
    return text.endswith("?") or len(text.split()) >= _LONGEST_LINKS


def without_links_at_the_edges(blocks: list[Block]) -> list[Block]:
    """The blocks without the links before the page's first heading or prose, and without those after its last prose
    that stand outside of an article. If most of the page is such links, it is a list of links, and all of them stay.
    So do titles of works after the last prose.
    """
    told = [
        at
        for at, block in enumerate(blocks)
        if not isinstance(block, Links) and (block.level or block.is_table or is_prose(block.text))
    ]
    if not told:
        return blocks
    first, last = told[0], told[-1]
    below = [block.text for block in blocks[last + 1 :] if isinstance(block, Links)]
    are_titles = sum(len(text.removeprefix("• ").split()) for text in below) > _LONGEST_LINKS * len(below)
    if blocks[last].level or blocks[last].text.endswith(":") or are_titles:
        last = len(blocks)  # a heading introduces the links
    edges = {
        at
        for side, fewest, kept in (
            (range(first), 1, ()),
            (range(last + 1, len(blocks)), _FEWEST_LINKS, LinksOfArticle),
        )
        if sum(isinstance(blocks[at], Links) for at in side) >= fewest
        for at in side
        if isinstance(blocks[at], Links) and not isinstance(blocks[at], kept)
    }
    if sum(len(blocks[at].text) for at in edges) > sum(map(len, (block.text for block in blocks))) / 2:
        return blocks
    return [block for at, block in enumerate(blocks) if at not in edges]


def is_prose(text: str) -> bool:
    """Whether the text of a block is a sentence rather than a label."""
    return len(text.split()) >= _FEWEST_WORDS
