"""The knowledge page: sources, claims, conflicts, rules in words, prices with their age, and the source audit."""

from collections.abc import Callable
from html import escape
from urllib.parse import urlsplit

import streamlit as st

from knowledge.claims import Claim, Conflict, Source, load_claims
from knowledge.ingest.run import list_documents
from knowledge.price_table import load_prices
from knowledge.rulebook import load_rulebook
from tools.cost.source_audit import audit_sources
from ui.browser.claims import CLAIM, claim_card, published
from ui.browser.consultancy import settings, signed_in
from ui.browser.rule_words import Rule, rule_text
from ui.browser.safe_text import plain
from ui.browser.shown import day, price, upper_first
from ui.browser.tables import draw_table
from ui.browser.words import word

KINDS = ("article", "paper", "vendor", "house")
"""The kinds of sources in the order in which they are listed."""


def knowledge_page() -> None:
    """Draws the section that was chosen; the others are worked out when they are opened."""
    st.subheader(word("page_knowledge"), anchor=False)
    st.caption(word("knowledge_intro"))
    _wanted_claim()
    sections: dict[str, Callable[[], None]] = {
        "tab_sources": _sources,
        "tab_conflicts": _conflicts,
        "tab_rules": _rules,
        "tab_prices": _prices,
        "tab_audit": _audit,
        "tab_documents": _documents,
    }
    tabs = st.tabs([word(name) for name in sections], on_change="rerun", key="knowledge-tabs")
    for tab, draw in zip(tabs, sections.values(), strict=True):
        if tab.open:
            with tab:
                draw()


def _wanted_claim() -> None:
    wanted = st.query_params.get(CLAIM)
    if wanted and wanted in load_claims():
        with st.container(border=True, key="wanted-claim"):
            st.caption(word("claim_wanted"))
            st.html(claim_card(wanted))


def _sources() -> None:
    wanted = st.text_input(word("knowledge_search"), key="find-claim").strip().casefold()
    found = 0
    for source in sorted(load_claims().sources.values(), key=lambda one: (KINDS.index(one.kind), one.title)):
        claims = [claim for claim in source.claims if wanted in f"{claim.text} {claim.id} {claim.section}".casefold()]
        found += len(claims)
        if claims:
            with st.expander(f"**{plain(source.title)}** – {plain(_whose(source))} ({len(claims)})"):
                _source(source, claims)
    if not found:
        st.info(word("knowledge_no_match"))


def _whose(source: Source) -> str:
    """What kind of source it is, and whose."""
    publisher = [one for one in published(source)[:1] if one == source.publisher and one not in source.title]
    return ", ".join([word(f"kind_{source.kind}"), *publisher])


def _source(source: Source, claims: list[Claim]) -> None:
    where = ", ".join(published(source)) or word("source_undated")
    st.markdown(plain(word("source_line", published=where, good_for=source.good_for)))
    if source.url and urlsplit(source.url).scheme == "https":
        host = urlsplit(source.url).hostname
        st.link_button(word("source_link", host=host), source.url, type="tertiary")
    st.html("<ul class='claims'>" + "".join(_claim(claim) for claim in claims) + "</ul>")


def _claim(claim: Claim) -> str:
    note = "" if claim.verdict == "sound" else f" <strong>{word(f'claim_verdict_{claim.verdict}')}</strong>"
    reason = f" {escape(claim.verdict_reason)}" if claim.verdict_reason else ""
    conditions = f" ({escape(claim.conditions)})" if claim.conditions else ""
    return (
        f"<li>{escape(claim.text)}{conditions}{note}{reason} "
        f"<span class='claim-id'>{escape(claim.section)} · {escape(claim.id)}</span></li>"
    )


def _conflicts() -> None:
    for conflict in load_claims().conflicts:
        with st.expander(f"**{plain(upper_first(conflict.topic))}**"):
            _conflict(conflict)


def _conflict(conflict: Conflict) -> None:
    claims = load_claims()
    for side in conflict.sides:
        titles = dict.fromkeys(claims.sources[claims[one].source].title for one in side.claims)
        st.markdown(f"- {plain(side.says)}  \n  *{plain('; '.join(titles))}*")
    why = conflict.explained_by
    st.markdown(word("claim_explained", explained=plain(why)) if why else word("claim_unexplained"))


def _rules() -> None:
    book = load_rulebook()
    groups: dict[str, tuple[Rule, ...]] = {
        "rules_gates": book.gates,
        "rules_evidence": book.evidence,
        "rules_variants": book.variants,
        "rules_add_ons": book.add_ons,
    }
    for name, rules in groups.items():
        with st.expander(f"**{word(name)}** ({len(rules)})", expanded=name == "rules_gates"):
            st.html("<ul class='claims'>" + "".join(_rule(rule) for rule in rules) + "</ul>")


def _rule(rule: Rule) -> str:
    claims = load_claims()
    titles = dict.fromkeys(claims.sources[claims[one].source].title for one in rule.rests_on)
    return (
        f"<li>{escape(rule_text(rule))} {escape(rule.reason)} "
        f"<span class='claim-id'>{escape('; '.join(titles))}</span></li>"
    )


def _prices() -> None:
    prices = load_prices(settings().date(), settings().prices)
    age = prices.age_days(settings().date())
    st.markdown(word("prices_age", day=day(prices.snapshot), days=age))
    names = ("model", "provider", "above", "input", "cached", "output", "window", "checked")
    rows = [
        [
            model.model,
            model.provider,
            f"{tier.above_tokens:,.0f}" if tier.above_tokens else "–",
            price(tier.input_usd_per_mtok),
            price(tier.cache_read_usd_per_mtok),
            price(tier.output_usd_per_mtok),
            f"{tier.context_window:,.0f}",
            tier.checked_on.isoformat(),
        ]
        for model in prices.models.values()
        for tier in model.tiers
    ]
    draw_table([word(f"prices_{name}") for name in names], rows, word("tab_prices"))


def _audit() -> None:
    st.caption(word("audit_intro"))
    rows = [
        [
            upper_first(one.figure.says),
            _range(one.figure.claimed, one.figure.unit),
            _range(one.computed, one.figure.unit),
            one.figure.verdict,
            one.figure.finding,
        ]
        for one in audit_sources()
    ]
    header = [word(f"audit_{name}") for name in ("says", "claimed", "computed", "verdict", "finding")]
    draw_table(header, rows, word("tab_audit"))


def _range(ends: tuple[float, float], unit: str) -> str:
    low, high = (f"{end:,.4g}" if abs(end) < 1000 else f"{end:,.0f}" for end in ends)
    return f"{low} {unit}" if low == high else f"{low} to {high} {unit}"


def _documents() -> None:
    documents = list_documents(settings().home) if signed_in() is None else []
    if not documents:
        st.info(word("documents_none"))
    for document in documents:
        st.markdown("- " + word("documents_line", name=plain(document.name), passages=f"{document.passages:,}"))
