"""One claim as a card: what it says, who says it and where, how far we trust it, and what contradicts it."""

from html import escape
from urllib.parse import urlsplit

from agent.wording import ANONYMOUS
from knowledge.claims import Claim, Conflict, Source, load_claims
from ui.browser.words import word

CLAIM = "claim"
"""The name of a wanted claim's id in an address."""


def claim_card(claim_id: str) -> str:
    """The claim as HTML; every text is escaped."""
    claims = load_claims()
    claim = claims[claim_id]
    source = claims.sources[claim.source]
    place = f"{source.title}, {claim.section}"
    parts = [f"<p><strong>{escape(claim.text)}</strong></p>"]
    if claim.conditions:
        parts.append(f"<p>({escape(claim.conditions)})</p>")
    parts.append(f"<p>{escape(place)}<br>{escape(', '.join(published(source)))}</p>")
    if claim.verdict != "sound":
        parts.append(f"<p>{word(f'claim_verdict_{claim.verdict}')} {escape(claim.verdict_reason or '')}</p>")
    parts.append(_address(source))
    parts += [_conflict(conflict, claim) for conflict in conflicts_with(claim_id)]
    parts.append(f'<p class="claim-id">{escape(claim.id)}</p>')
    return "".join(parts)


def _address(source: Source) -> str:
    """A link to where the source can be read; nothing where it has no address."""
    address = urlsplit(source.url or "")
    if address.scheme != "https":
        return ""
    words = escape(word("source_link", host=address.hostname))
    return f'<p><a href="{escape(address.geturl())}" target="_blank" rel="noopener noreferrer">{words}</a></p>'


def published(source: Source) -> list[str]:
    """Who published a source and when, as far as either is known."""
    return [part for part in (source.publisher, source.date) if part and part != ANONYMOUS]


def conflicts_with(claim_id: str) -> list[Conflict]:
    """The conflicts in which a claim takes a side."""
    return [conflict for conflict in load_claims().conflicts if claim_id in conflict.claims]


def _conflict(conflict: Conflict, claim: Claim) -> str:
    claims = load_claims()
    others = [side for side in conflict.sides if claim.id not in side.claims]
    sides = "".join(
        f"<li>{escape(side.says)} <em>"
        f"{escape('; '.join(dict.fromkeys(claims.sources[claims[one].source].title for one in side.claims)))}</em></li>"
        for side in others
    )
    why = conflict.explained_by
    explained = word("claim_explained", explained=escape(why)) if why else word("claim_unexplained")
    topic = word("claim_conflict", topic=escape(conflict.topic))
    return f"<p><strong>{topic}</strong></p><ul>{sides}</ul><p>{explained}</p>"
