"""The end of a memo: the numbered sources and what is needed to compute it again."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from agent.memo.outline import Paragraph, Reproduction, Section, Sentence, Sources, Spelling
from agent.memo.writer import Writer
from agent.wording import ANONYMOUS

FORMAT = "consult-memo/1"


def cited_in(sentences: Iterable[Sentence]) -> tuple[str, ...]:
    """The claims cited, each once, in the order in which they are cited first."""
    return tuple(dict.fromkeys(citation.claim for sentence in sentences for citation in sentence.citations))


def sources(writer: Writer, cited: Iterable[str]) -> Section:
    """The numbered list of the claims cited, with what we think of those that are not sound."""
    entries = tuple(_entry(writer, claim) for claim in cited)
    return Section("sources", writer.heading("sources"), (Sources(entries),), appendix=True)


def _entry(w: Writer, claim_id: str) -> tuple[Sentence, ...]:
    claim = w.claims[claim_id]
    path, card = f"claims/{claim_id}", f"sources/{claim.source}"
    slots = {"section": w.show(f"{path}/section"), "text": w.show(f"{path}/text", "sentence")}
    if w.grounds.at(f"{card}/kind") == "house":
        said = [w.say("sources.own", **slots)]
    else:
        names = {"publisher": w.show(f"{card}/publisher"), "title": w.show(f"{card}/title")}
        named = w.claims.sources[claim.source].publisher != ANONYMOUS
        said = [
            w.say(
                "sources.entry" if named else "sources.unnamed",
                **slots,
                **{n: names[n] for n in names if named or n == "title"},
            )
        ]
    if claim.conditions:
        said.append(w.say("sources.conditions", conditions=w.show(f"{path}/conditions")))
    if claim.verdict != "sound":
        reason = w.show(f"{path}/verdict_reason", "clause_sentence")
        said.append(w.say("sources.doubt", verdict=w.show(f"{path}/verdict"), reason=reason))
    return tuple(said)


def reproduction(
    writer: Writer, stored: Mapping[str, Any], title: str | None, spelling: Spelling, worded: Mapping[str, str]
) -> Section:
    """Versions in words, and everything that is needed to compute the memo again."""
    versions = {name: writer.show(f"record/versions/{name}", "text") for name in stored["record"]["versions"]}
    anchored = (writer.say("reproduction.anchored"),) if worded else ()
    lines = (writer.say("reproduction.line", **versions), *anchored, writer.say("reproduction.how"))
    text = json.dumps(reproduction_block(stored, title, spelling, worded), indent=1, ensure_ascii=True)
    blocks = (Paragraph(lines), Reproduction(text))
    return Section("reproduction", writer.heading("reproduction"), blocks, appendix=True)


def reproduction_block(
    stored: Mapping[str, Any], title: str | None, spelling: Spelling, worded: Mapping[str, str]
) -> dict[str, Any]:
    """What a memo is computed from: profile, words, date, versions, title, spelling, and a model's wording if any."""
    return {
        "format": FORMAT,
        "as_of": stored["as_of"],
        "versions": stored["record"]["versions"],
        "title": title,
        "spelling": spelling,
        "profile": stored["profile"],
        "heard": stored["heard"],
        **({"worded": dict(worded)} if worded else {}),
    }
