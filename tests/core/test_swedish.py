import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.swedish import same_case, swedish_key, without_accents


class TestSwedishKey:
    def test_the_last_letters(self) -> None:
        assert sorted(["Örebro", "Äng", "Ånge", "Zinkgruvan", "Arboga"], key=swedish_key) == [
            "Arboga",
            "Zinkgruvan",
            "Ånge",
            "Äng",
            "Örebro",
        ]

    def test_inside_words(self) -> None:
        assert sorted(["Hörby", "Håbo", "Hylte", "Härryda", "Habo"], key=swedish_key) == [
            "Habo",
            "Hylte",
            "Håbo",
            "Härryda",
            "Hörby",
        ]

    def test_case_and_accents_do_not_matter(self) -> None:
        # e and é are one letter, ü is y, and ø stands with ö.
        assert sorted(["idéz", "IDEA", "Tyd", "Tüb", "Öd", "Øb"], key=swedish_key) == [
            "IDEA",
            "idéz",
            "Tüb",
            "Tyd",
            "Øb",
            "Öd",
        ]

    @given(st.text())
    def test_the_way_of_composing_letters_does_not_matter(self, text: str) -> None:
        composed, apart = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
        assert swedish_key(composed)[0] == swedish_key(apart)[0]


@pytest.mark.parametrize("text", ["MALMÖ", " malmö ", "Malmo\u0308"])
def test_same_case(text: str) -> None:
    assert same_case(text) == "malmö"


def test_without_accents() -> None:
    assert without_accents("Malmö Håbo Ängelholm idé") == "Malmo Habo Angelholm ide"
