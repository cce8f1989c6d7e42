"""Text to and from Slack: what people wrote, unescaped; what we write, escaped and in Slack's own markup."""

import re
from html import unescape

ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
BOLD = re.compile(r"\*\*(.+?)\*\*")
LINK = re.compile(r"\[([^\]\[]+)\]\((https?://[^\s()<>|]+)\)")
REFERENCE = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
HEADING = re.compile(r"#{1,6} +(.*)")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def heard(text: str, bot: str) -> str:
    """What a person wrote: without the mention of the bot, links as their text, entities as characters."""

    def plain(found: re.Match[str]) -> str:
        sign, target, label = found.groups()
        if sign == "@" and target == bot:
            return ""
        return label or f"{sign if sign in '@#' else ''}{target}"

    return unescape(REFERENCE.sub(plain, text)).strip()


def escaped(text: str) -> str:
    """Text that Slack shows as it is: no link, no mention, no broadcast."""
    return visible(text).translate(ENTITIES)


def visible(text: str) -> str:
    """Text without signs that are not seen and turn around what stands next to them."""
    return CONTROL.sub("", text)


def mrkdwn(markdown: str) -> str:
    """Our Markdown as Slack's: escaped, with bold, links, bullets and quotes."""
    return "\n".join(_line(line) for line in markdown.split("\n"))


def plain(markdown: str) -> str:
    """Our Markdown as the text of a notification."""
    return escaped(BOLD.sub(r"\1", LINK.sub(r"\1", markdown)))


def cut(text: str, longest: int) -> str:
    """The text, shortened to so many characters where it is longer."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _line(line: str) -> str:
    quote = "> " if line.startswith("> ") else ""
    rest = line[len(quote) :]
    heading = HEADING.fullmatch(rest)
    if heading:
        return f"*{escaped(heading[1])}*"
    bullet = re.match(r"( *)[-*] +", rest)
    indent = f"{bullet[1]}• " if bullet else ""
    shown = escaped(rest[bullet.end() if bullet else 0 :])
    shown = LINK.sub(lambda found: f"<{found[2]}|{found[1]}>", shown)
    return quote + indent + BOLD.sub(r"*\1*", shown).rstrip()
