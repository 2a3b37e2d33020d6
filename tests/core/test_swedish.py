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


@pytest.mark.parametrize(
    ("text", "shared"),
    [
        ("MALMÖ", "malmö"),
        (" malmö\u00a0", "malmö"),
        ("Malmo\u0308", "malmö"),
        ("\uff32um\u3000\uff11", "rum 1"),  # letters as wide as Chinese ones
        ("Rum 5 m²", "rum 5 m2"),
        ("Anna\u2019s \u201drum\u201d", 'anna\'s "rum"'),
        ("Rum\u20111\u200b", "rum-1"),
        ("\u202dRum-1\u202c", "rum-1"),
        ("Rum\u200e-\u20661\u2069", "rum-1"),
    ],
)
def test_same_case(text: str, shared: str) -> None:
    assert same_case(text) == shared


def test_without_accents() -> None:
    assert without_accents("Malmö Håbo Ängelholm idé") == "Malmo Habo Angelholm ide"
