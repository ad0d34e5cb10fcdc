"""Which value of a fact counts, and that no source ever hides another."""

import datetime as dt
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from orchestration.rules.facts import MOST_ALTERNATIVES, merged, resolved
from shared.models.facts import (
    Alternative,
    ClaimFacts,
    Evidence,
    EvidenceSource,
    FactStatus,
)

NOW = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
CORRECTION, ANSWER, FIELD, LETTER, PAPER, POLICY = (
    EvidenceSource.OFFICER,
    EvidenceSource.ANSWER,
    EvidenceSource.CLAIMANT_FIELD,
    EvidenceSource.LETTER,
    EvidenceSource.DOCUMENT,
    EvidenceSource.POLICY_SYSTEM,
)


def said(value: Any, source: EvidenceSource, confidence: float = 0.95, minute: int = 0) -> Alternative[Any]:
    at = NOW + dt.timedelta(minutes=minute)
    evidence = Evidence(source=source, quote=f"{value}", read_by="test", at=at)
    return Alternative[Any](value=value, confidence=confidence, evidence=(evidence,))


def test_nothing_said_is_unknown_which_is_not_no() -> None:
    fact = resolved("injuries", [])
    assert (fact.value, fact.status, fact.is_sure) == (None, FactStatus.UNKNOWN, False)


def test_a_field_outranks_a_letter_and_a_letter_a_paper() -> None:
    fact = resolved("incident_location", [said("A", PAPER), said("B", LETTER), said("C", FIELD)])
    assert (fact.value, fact.status) == ("C", FactStatus.STATED)
    assert [other.value for other in fact.alternatives] == ["B", "A"]


def test_an_officers_correction_settles_everything() -> None:
    fact = resolved("injuries", [said(True, LETTER), said(True, PAPER), said(False, CORRECTION)])
    assert (fact.value, fact.status, fact.is_sure) == (False, FactStatus.CORRECTED, True)


def test_the_later_of_two_corrections_counts() -> None:
    fact = resolved("claim_amount", [said(Decimal(5), CORRECTION), said(Decimal(7), CORRECTION, minute=1)])
    assert fact.value == Decimal(7)


def test_two_letters_that_differ_are_a_conflict_that_keeps_both() -> None:
    fact = resolved("policy_number", [said("AUT-1", LETTER), said("AUT-2", LETTER)])
    assert fact.status is FactStatus.CONFLICTING
    assert {fact.value, *(other.value for other in fact.alternatives)} == {"AUT-1", "AUT-2"}


def test_a_policy_number_in_another_spelling_is_the_same() -> None:
    fact = resolved("policy_number", [said("AUT-204518", FIELD), said("aut 204518", LETTER)])
    assert (fact.value, fact.status, fact.alternatives) == ("AUT-204518", FactStatus.STATED, ())


def test_an_answer_settles_what_the_letter_left_open() -> None:
    fact = resolved("incident_date", [said(dt.date(2026, 11, 3), LETTER), said(dt.date(2026, 3, 11), ANSWER)])
    assert (fact.value, fact.status) == (dt.date(2026, 3, 11), FactStatus.STATED)


def test_a_sure_yes_of_a_paper_is_not_waived_by_a_no_of_the_claimant() -> None:
    for source in (ANSWER, FIELD, LETTER):
        fact = resolved("injuries", [said(False, source), said(True, PAPER)])
        assert fact.status is FactStatus.CONFLICTING


def test_of_a_yes_and_a_no_of_one_rank_the_yes_is_shown_and_nothing_is_sure() -> None:
    fact = resolved("injuries", [said(False, LETTER), said(True, LETTER, 0.9)])
    assert (fact.value, fact.status) == (True, FactStatus.CONFLICTING)


def test_a_doubtful_reading_contradicts_nothing() -> None:
    fact = resolved("policy_number", [said("AUT-1", FIELD), said("AUT-2", LETTER, 0.3)])
    assert fact.status is FactStatus.STATED


def test_what_a_paper_or_the_policy_system_bears_out_is_confirmed() -> None:
    for source in (PAPER, POLICY):
        fact = resolved("claimant_name", [said("Dana Whitfield", FIELD), said("Whitfield, Dana", source)])
        assert fact.status is FactStatus.CONFIRMED


def test_what_one_person_says_twice_is_not_confirmed() -> None:
    fact = resolved("claim_amount", [said(Decimal(820), FIELD), said(Decimal(820), LETTER)])
    assert fact.status is FactStatus.STATED


def test_what_is_read_without_confidence_is_not_sure() -> None:
    assert not resolved("claim_type", [said("auto_collision", LETTER, 0.7)]).is_sure


def test_what_papers_come_to_does_not_contradict_the_amount_that_is_claimed() -> None:
    fact = resolved("claim_amount", [said(Decimal(820), LETTER), said(Decimal(950), PAPER)])
    assert (fact.value, fact.status) == (Decimal(820), FactStatus.READ)


def test_vendors_add_up() -> None:
    fact = resolved("vendors", [said(["Riverside Auto Body"], LETTER), said(["Maple Street Care"], PAPER)])
    assert set(fact.value or []) == {"Riverside Auto Body", "Maple Street Care"}


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "injuries": st.booleans(),
    "policy_number": st.sampled_from(["AUT-1", "AUT-2", "aut 1", "HOM-3"]),
    "incident_date": st.dates(dt.date(2026, 11, 1), dt.date(2026, 11, 9)),
    "claim_amount": st.decimals(1, 50, places=2),
}


@st.composite
def candidates(draw: st.DrawFn) -> tuple[str, list[Alternative[Any]]]:
    name = draw(st.sampled_from(sorted(VALUES)))
    one = st.builds(
        said,
        VALUES[name],
        st.sampled_from(list(EvidenceSource)),
        st.floats(0, 1).map(lambda share: round(share, 2)),
        st.integers(0, 5),
    )
    return name, draw(st.lists(one, max_size=MOST_ALTERNATIVES))


@given(candidates(), st.randoms())
def test_the_order_in_which_sources_come_does_not_matter(
    given_: tuple[str, list[Alternative[Any]]], chance: Any
) -> None:
    name, some = given_
    shuffled = list(some)
    chance.shuffle(shuffled)
    one, other = resolved(name, some), resolved(name, shuffled)
    assert (one.status, one.confidence) == (other.status, other.confidence)


@given(candidates(), candidates())
def test_adding_a_source_never_removes_evidence(
    given_: tuple[str, list[Alternative[Any]]], more: tuple[str, list[Alternative[Any]]]
) -> None:
    (name, some), (_, added) = given_, more
    if given_[0] != more[0]:
        return
    before = merged(ClaimFacts(), {name: some})
    after = merged(before, {name: added})

    def quotes(facts: ClaimFacts) -> set[tuple[str, str]]:
        return {(e.source, e.quote) for c in getattr(facts, name).candidates for e in c.evidence}

    if len(some) + len(added) <= MOST_ALTERNATIVES:
        assert quotes(before) <= quotes(after)
