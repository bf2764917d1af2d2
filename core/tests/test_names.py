"""Names, ids, page tokens, derived identities."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell_core.errors import InvalidInput
from groundswell_core.identity import alert_fingerprint, digest, document_id, revision_of
from groundswell_core.names import check_id, parse_name
from groundswell_core.pages import decode_token, encode_token, page_size

ANY_TEXT = st.text(max_size=20)  # lone surrogates included
IDS = st.from_regex(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", fullmatch=True)


@given(IDS)
def test_the_id_in_a_name_is_found(identifier: str) -> None:
    assert parse_name(f"sources/{identifier}", "sources") == check_id(identifier) == identifier


@pytest.mark.parametrize(
    "name",
    ["", "sources", "sources/", "stories/a", "sources/A", "sources/a/b", "sources/-a", "sources/a-",
     "sources/" + "a" * 64, "sources/a\n", "sources/é", " sources/a"],
)  # fmt: skip
def test_a_bad_name_is_refused_with_the_form_it_should_have(name: str) -> None:
    with pytest.raises(InvalidInput, match="write sources/<id>") as caught:
        parse_name(name, "sources")
    assert caught.value.reason == "BAD_NAME"


@pytest.mark.parametrize("identifier", ["", "A", "a_b", "-", "a" * 64, "a\n"])
def test_a_bad_id_is_refused(identifier: str) -> None:
    with pytest.raises(InvalidInput, match="lower-case letters"):
        check_id(identifier)


@pytest.mark.parametrize(
    ("asked", "given"), [(0, 50), (1, 1), (500, 500), (501, 500), (2**31, 500)]
)
def test_a_page_has_a_size_within_limits(asked: int, given: int) -> None:
    assert page_size(asked) == given


def test_a_negative_page_size_is_refused() -> None:
    with pytest.raises(InvalidInput, match="negative"):
        page_size(-1)


@given(ANY_TEXT, st.integers(0, 2**40))
def test_a_page_token_comes_back_with_its_own_filter_alone(text: str, skip: int) -> None:
    token = encode_token(text, skip)
    assert decode_token(text, token) == skip
    with pytest.raises(InvalidInput, match="start again"):
        decode_token(text + "x", token)


@given(ANY_TEXT.filter(bool))
def test_a_made_up_page_token_is_refused(token: str) -> None:
    with pytest.raises(InvalidInput):
        decode_token("level=I", token)


def test_no_token_is_the_first_page() -> None:
    assert decode_token("anything", "") == 0


@given(st.lists(ANY_TEXT, min_size=1, max_size=4), st.lists(ANY_TEXT, min_size=1, max_size=4))
def test_different_parts_have_different_digests(one: list[str], other: list[str]) -> None:
    assert (digest(*one) == digest(*other)) == (one == other)


@given(ANY_TEXT, ANY_TEXT)
def test_separators_inside_parts_do_not_move_their_borders(one: str, other: str) -> None:
    assert digest(f"{one}\x1f{other}") != digest(one, other)
    assert digest(f"{one}\x1f{other}") != digest(f"{one} {other}")


def test_identities_never_change_from_version_to_version() -> None:
    assert document_id("sources/a", "1") == "ee2c398e34f01b03d8a543ff5d754d19"
    assert alert_fingerprint("monitors/a", "stories/b") == "8c5c45dc1d106d1f"
    assert revision_of("A title", "A text") == "4f10f449c324e810"


@given(ANY_TEXT, ANY_TEXT)
def test_white_space_and_compatible_characters_make_no_revision(title: str, text: str) -> None:
    assert revision_of(title, text) == revision_of(f" {title}\n", f"\t{text} ")
    assert revision_of("Ａ１", "ﬁ") == revision_of("A1", "fi")
    assert revision_of(title, text) != revision_of(title, text, "WITHDRAWN")
