"""The options side by side, why not the others, where the sources disagree, what would change the advice."""

from typing import Any

from agent.memo.case import Case
from agent.memo.outline import Block, Bullets, Paragraph, Section, Sentence, Table, Traced
from agent.memo.wording import wording
from agent.memo.writer import without_repeats
from knowledge.blueprints import load_blueprints
from knowledge.options import OPTIONS, Option

SHOWN_REASONS = 1
SHOWN_CONFLICTS = 2
SHOWN_FLIPS = 4
SHOWN_OPEN = 3
ONCE_IN = 0.005
"""The share of plausible cases below which an option is shown as winning none."""


def options(case: Case) -> Section:
    """All five options side by side: verdict, cost and wait, and the strongest reasons for and against."""
    w = case.writer
    columns = ("option", "verdict", "first", "build", "run", *(("wait",) if case.record.get("latency") else ()))
    figures = Table(
        w.columns(*columns),
        tuple(_figures(case, option)[: len(columns)] for option in OPTIONS),
        (5, 3, 2, 4, 4, 3)[: len(columns)],
        right=tuple(range(2, len(columns))),
    )
    share = w.say("options.first_share")
    said = w.say("options.more" if case.decision["reasons"] else "options.no_reasons")
    rows = tuple(_for_and_against(case, option) for option in OPTIONS)
    reasons = Table(w.columns("option", "for", "against"), rows, (2, 4, 4))
    return Section("options", w.heading("options"), (figures, Paragraph((share, said)), reasons))


def _figures(case: Case, option: Option) -> tuple[tuple[Sentence, ...], ...]:
    w, place = case.writer, case.rank(option)
    row = case.decision["recommendation"]["ranking"][place]
    verdict = "option.chosen" if option == case.option else "option.feasible" if row["feasible"] else "option.blocked"
    share = w.show(f"decision/recommendation/ranking/{place}/probability", "percent")
    return (
        (w.say("option.name", option=case.label(option)),),
        (w.say(verdict),),
        (w.say("option.first", share=share),),
        (_range(case, f"costs/{option}/upfront_usd"),),
        (_range(case, f"costs/{option}/monthly_usd"),),
        (_wait(case, option),),
    )


def _range(case: Case, path: str) -> Sentence:
    if not case.writer.grounds.has(f"record/{path}/p10"):
        return case.writer.say("option.unknown")
    return case.writer.say("option.range", low=case.money(f"{path}/p10"), high=case.money(f"{path}/p90"))


def _wait(case: Case, option: Option) -> Sentence:
    path = f"record/latency/{option}/ttft_ms/p95"
    if not case.writer.grounds.has(path):
        return case.writer.say("option.unknown")
    return case.writer.say("option.wait", wait=case.writer.show(path, "milliseconds"))


def _for_and_against(case: Case, option: Option) -> tuple[tuple[Sentence, ...], ...]:
    name = case.writer.say("option.name", option=case.label(option))
    cells = (
        _side(case, option, favourable, _telling(case, option, favourable)[:SHOWN_REASONS])
        for favourable in (True, False)
    )
    return ((name,), *cells)


def _side(case: Case, option: Option, favourable: bool, places: list[int]) -> tuple[Sentence, ...]:
    """These reasons, or what holds of the option in general where no rule speaks on that side."""
    if places:
        return tuple(case.reason(place) for place in places)
    traits, side = load_blueprints().traits[option], "for" if favourable else "against"
    trait = traits.for_ if favourable else traits.against
    return (case.writer.practice(trait, f"practice/traits/{option}/{side}", option),)


def _telling(case: Case, option: Option, favourable: bool) -> list[int]:
    """An option's reasons, strongest first; what the decision itself is given as its reason comes last."""
    places = case.reasons(option, favourable)
    reasons, own = case.decision["reasons"], case.reasons(case.option, favourable=True)[:1]
    said = [reasons[place]["text"] for place in own] if favourable else []
    return sorted(places, key=lambda place: reasons[place]["text"] in said)


def all_reasons(case: Case) -> Section:
    """Appendix: every reason for and against every option, and what holds in general where there is none."""
    w, rows = case.writer, []
    for option in OPTIONS:
        name = w.say("option.name", option=case.label(option))
        sides = (_side(case, option, favourable, case.reasons(option, favourable)) for favourable in (True, False))
        rows.append(((name,), *(without_repeats(side) for side in sides)))
    table = Table(w.columns("option", "for", "against"), tuple(rows), (2, 4, 4))
    return Section("details", w.heading("details"), (table,), appendix=True)


def rejected(case: Case) -> Section:
    """For each other option why it was not chosen, and what would have to be true for it."""
    w, items = case.writer, tuple(_rejection(case, option) for option in case.others)
    return Section("rejected", w.heading("rejected"), (Paragraph((w.say("rejected.intro"),)), Bullets(items)))


def _rejection(case: Case, option: Option) -> tuple[Sentence, ...]:
    w = case.writer
    said = [w.say("rejected.head", option=case.label(option))]
    row = case.decision["recommendation"]["ranking"][case.rank(option)]
    if row["blockers"]:
        said.append(w.say("rejected.blocked"))
    elif case.reasons(option, favourable=False):
        said.append(w.say("rejected.outweighed"))
    elif OPTIONS.index(option) > OPTIONS.index(case.option):
        said.append(w.say("rejected.simpler", w.cite(wording().evidence["rejected_simpler"], option)))
    else:
        said.append(w.say("rejected.weaker"))
    return (*said, _what_it_takes(case, option))


def _what_it_takes(case: Case, option: Option) -> Sentence:
    w, place = case.writer, _way_to(case, option)
    if place is None:
        path = f"decision/recommendation/ranking/{case.rank(option)}/probability"
        if w.grounds.at(path) < ONCE_IN:
            return w.say("rejected.never")
        return w.say("rejected.together", share=w.show(path, "percent"))
    changes = [_change(case, place, fact) for fact in case.decision["flips"][place]["changes"]]
    if len(changes) == 1:
        return w.say("rejected.takes", **changes[0])
    return w.say("rejected.takes_pair", **changes[0], **_renamed(changes[1]))


def _way_to(case: Case, option: Option) -> int | None:
    """The place of the first of the smallest changes that lead to an option."""
    return next((place for place, flip in enumerate(case.decision["flips"]) if flip["to"] == option), None)


def _change(case: Case, place: int, fact: str) -> dict[str, Any]:
    w = case.writer
    return {
        "fact": w.show(f"facts/{fact}/label", "clause"),
        "value": _threshold(case, place, fact),
    }


def _renamed(change: dict[str, Any]) -> dict[str, Any]:
    return {f"other_{name}": value for name, value in change.items()}


def conflicts(case: Case) -> Section:
    """Where sources disagree on something that this memo rests on, and what explains it."""
    w = case.writer
    items = _conflicts(case)
    if not items:
        return Section("conflicts", w.heading("conflicts"), (Paragraph((w.say("conflicts.none"),)),))
    blocks: list[Block] = [Bullets(items[:SHOWN_CONFLICTS])]
    if len(items) > SHOWN_CONFLICTS:
        blocks.append(Paragraph((w.say("conflicts.more"),)))
    return Section("conflicts", w.heading("conflicts"), tuple(blocks))


def more_conflicts(case: Case) -> tuple[Section, ...]:
    """Appendix: the conflicts that the main part has no room for."""
    items = _conflicts(case)[SHOWN_CONFLICTS:]
    if not items:
        return ()
    heading = case.writer.heading("more_conflicts")
    return (Section("more_conflicts", heading, (Bullets(items),), appendix=True),)


def _conflicts(case: Case) -> tuple[tuple[Sentence, ...], ...]:
    """The decision's own list, those that weigh most first."""
    return tuple(_conflict(case, conflict["id"]) for conflict in case.decision["conflicts"])


def _conflict(case: Case, conflict: str) -> tuple[Sentence, ...]:
    w = case.writer
    found = w.grounds.at(f"conflicts/{conflict}")
    said = [w.say("conflict.head", topic=w.show(f"conflicts/{conflict}/topic", "sentence"))]
    for place, side in enumerate(found["sides"]):
        says = w.show(f"conflicts/{conflict}/sides/{place}/says", "sentence")
        said.append(w.say("conflicts.side", w.cite(side["claims"]), says=says))
    if found["explained_by"]:
        why = w.show(f"conflicts/{conflict}/explained_by", "clause_sentence")
        said.append(w.say("conflicts.explained", explanation=why))
    else:
        said.append(w.say("conflicts.open"))
    return tuple(said)


def flips(case: Case) -> Section:
    """Which fact, at which value, moves the advice to which option."""
    w = case.writer
    found = _shown_flips(case)
    if not found:
        said = w.say("flips.above" if case.decision["flips"] else "flips.none")
        return Section("flips", w.heading("flips"), (Paragraph((said,)),))
    rows = tuple(_flip(case, place) for place in found)
    table = Table(w.columns("fact", "now", "change", "to"), rows, (3, 3, 3, 3))
    return Section("flips", w.heading("flips"), (Paragraph((w.say("flips.intro"),)), table))


def _shown_flips(case: Case) -> list[int]:
    """The places of the flips that no rejected option has named: first one for each fact, then as there is room."""
    flips, named = case.decision["flips"], {_way_to(case, option) for option in case.others}
    places = [place for place in range(len(flips)) if place not in named]
    seen = {tuple(flips[place]["changes"]) for place in named if place is not None}
    first = []
    for place in places:
        if tuple(flips[place]["changes"]) not in seen:
            seen.add(tuple(flips[place]["changes"]))
            first.append(place)
    rest = [place for place in places if place not in first]
    return sorted([*first, *rest][:SHOWN_FLIPS])


def _flip(case: Case, place: int) -> tuple[tuple[Sentence, ...], ...]:
    w, flip = case.writer, case.decision["flips"][place]
    facts, now, then = [], [], []
    for fact in flip["changes"]:
        facts.append(w.say("flip.fact", fact=w.show(f"facts/{fact}/label")))
        known = fact in case.profile
        now.append(w.say("flip.now", value=w.show(f"profile/{fact}", "fact")) if known else w.say("flip.unknown"))
        then.append(w.say("flip.change", value=_threshold(case, place, fact)))
    return tuple(facts), tuple(now), tuple(then), (w.say("flip.to", option=case.label(flip["to"])),)


def _threshold(case: Case, place: int, fact: str) -> Traced:
    """The value that moves the advice, rounded so that it does, and the side on which it does."""
    side = case.decision["flips"][place]["sides"][fact]
    return case.writer.show(f"decision/flips/{place}/shown/{fact}", side)


def open_facts(case: Case) -> Section:
    """What is assumed or open, ranked by what it is worth to know."""
    w = case.writer
    unsure = [fact for fact, value in case.profile.items() if isinstance(value, dict) and value.get("unsure")]
    hedged = [
        (
            w.say(
                "open.unsure",
                fact=w.show(f"facts/{fact}/label", "clause"),
                value=w.show(f"profile/{fact}/value", "of_fact"),
            ),
        )
        for fact in unsure
    ]
    blocks: list[Block] = [Bullets(tuple(hedged))] if hedged else []
    unknown = case.decision["unknown"]
    shown = case.worth_finding_out[:SHOWN_OPEN]
    if not shown:
        blocks.append(Paragraph((w.say("open.worthless" if unknown else "open.none"),)))
        return Section("open", w.heading("open"), tuple(blocks))
    rows = tuple(_open(case, place) for place in shown)
    table = Table(w.columns("fact", "worth", "checked", "find_out"), rows, (3, 3, 4, 5))
    return Section("open", w.heading("open"), (Paragraph((w.say("open.intro"),)), table, *blocks))


def _open(case: Case, place: int) -> tuple[tuple[Sentence, ...], ...]:
    w, fact = case.writer, case.decision["unknown"][place]["fact"]
    path = f"decision/unknown/{place}"
    worth = w.say("open.worth", worth=w.show(f"{path}/value_of_information", "percent"))
    return (
        (w.say("open.fact", fact=w.show(f"facts/{fact}/label")),),
        (worth,),
        (w.say("open.checked", checked=w.show(f"{path}/checked", "words")),),
        (w.say("open.find_out", find_out=w.show(f"facts/{fact}/find_out", "sentence")),),
    )
