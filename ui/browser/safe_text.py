"""Text that others wrote, made safe to show: it appears as typed, loads nothing, and runs nothing.

Streamlit reads Markdown with formulas between dollar signs, `:red[…]` directives, emoji names and images; none of these
may come from a user, a file or a quoted passage. HTML is never interpreted, as no call here allows it.
"""

import re

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_LIVE = re.compile(r"(\\.)|([<$\[\]&!~])")
_QUOTED = re.compile(r"“[^”]*”")
_JOINER = "\u2060"  # an invisible character that keeps "www.", ":name" and "a@b" from turning into links and icons
_LINKS = re.compile(r"(?<=[:@])(?=[\w/\-+])|(?<=www)(?=\.)", re.IGNORECASE)
_COMMAND = re.compile(r"(; |, or )[^.;,]*`consult [^`]+`[^.;]*")
_UNSEEN = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def plain(text: object) -> str:
    """The text as Markdown that shows exactly these characters, on one line."""
    shown = _UNSEEN.sub("", " ".join(str(text).split()))
    return _PUNCTUATION.sub(r"\\\1", _LINKS.sub(_JOINER, shown))


def inert(markdown: str) -> str:
    """Markdown with its emphasis, lists, quotes and tables, but without links, images, formulas, HTML and directives.

    What stands in typographic quotation marks is someone's words and is shown as typed.
    """
    pieces, at = [], 0
    for quoted in _QUOTED.finditer(markdown):
        pieces += [_still(markdown[at : quoted.start()]), plain(quoted.group())]
        at = quoted.end()
    return "".join([*pieces, _still(markdown[at:])])


def in_browser(sentence: str) -> str:
    """A problem without the advice to run a command, which a visitor of a page cannot do."""
    return _COMMAND.sub("", sentence)


def visible(text: str) -> str:
    """The text without characters that hide, reverse or overwrite others; for places that show plain text."""
    return _UNSEEN.sub("", text)


def _still(markdown: str) -> str:
    unlinked = _LINKS.sub(_JOINER, _UNSEEN.sub("", markdown))
    return _LIVE.sub(lambda match: match.group(1) or "\\" + match.group(2), unlinked)
