"""Every relation that the product promises is held by a test, and the page on them says by which."""

import pytest

from tests.relations import PAGE, groups, held_by, holders, relations_page

RELATIONS = [name for group in groups() for name in group.relations]


@pytest.mark.parametrize("relation", RELATIONS)
def test_a_relation_is_held_by_a_test_with_drawn_examples(relation: str) -> None:
    assert any(holder.drawn for holder in held_by(relation))


def test_no_test_bears_the_mark_of_a_relation_that_is_not_listed() -> None:
    assert {name for holder in holders() for name in holder.relations} == set(RELATIONS)
    assert len(RELATIONS) == len(set(RELATIONS))


def test_the_page_on_relations_is_as_fresh_as_the_marks_of_the_tests() -> None:
    assert PAGE.read_text(encoding="utf-8") == relations_page(), "run scripts/update_docs"
