import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import geo
from core.errors import BadInput
from core.geo import (
    LATITUDES,
    LONGITUDES,
    County,
    Position,
    counties,
    distance_m,
    municipalities,
    municipality,
    place,
    places,
)

positions = st.builds(Position, st.floats(*LATITUDES), st.floats(*LONGITUDES))


class TestPosition:
    def test_in_sweden(self) -> None:
        assert Position(59.33, 18.07).latitude == 59.33

    def test_swapped(self) -> None:
        with pytest.raises(BadInput, match="latitude and longitude are swapped"):
            Position(18.07, 59.33)

    @pytest.mark.parametrize(
        ("latitude", "longitude", "field"),
        [(0, 0, "latitude"), (48.86, 12.0, "latitude"), (60, 30, "longitude"), (math.nan, 15, "latitude")],
    )
    def test_elsewhere(self, latitude: float, longitude: float, field: str) -> None:
        with pytest.raises(BadInput, match=f"{field}: it is outside Sweden"):
            Position(latitude, longitude)


class TestDistance:
    def test_a_degree_of_latitude(self) -> None:
        # On the WGS84 ellipsoid a degree at latitude p is 111132.92 - 559.82 cos 2p + 1.175 cos 4p metres:
        # from 59.5 to 60.5, p = 60: 111132.92 + 279.91 - 0.59 = 111412.24 m.
        assert distance_m(Position(59.5, 18), Position(60.5, 18)) == pytest.approx(111_412.24, abs=1)

    def test_across_the_country(self) -> None:
        # On a sphere of 6371 km: a = sin²(Δφ/2) + cos φ1 cos φ2 sin²(Δλ/2), d = 2 R asin √a; the ellipsoid differs
        # by at most half a per cent.
        malmo, kiruna = place("Malmö").position, place("Kiruna").position
        (p1, l1), (p2, l2) = ((math.radians(x.latitude), math.radians(x.longitude)) for x in (malmo, kiruna))
        a = math.sin((p2 - p1) / 2) ** 2 + math.cos(p1) * math.cos(p2) * math.sin((l2 - l1) / 2) ** 2
        sphere_m = 2 * 6_371_000 * math.asin(math.sqrt(a))
        assert distance_m(malmo, kiruna) == pytest.approx(sphere_m, rel=0.005)
        assert 1_380_000 < sphere_m < 1_430_000  # Malmö-Kiruna is about 1 400 km by air

    @given(positions, positions)
    def test_same_both_ways(self, a: Position, b: Position) -> None:
        assert distance_m(a, b) == pytest.approx(distance_m(b, a), abs=0.001)
        assert distance_m(a, a) == 0


class TestData:
    def test_all_of_sweden(self) -> None:
        assert len(municipalities()) == len({each.code for each in municipalities()}) == 290
        assert len(counties()) == 21
        assert County("25", "Norrbottens län") in counties()

    def test_codes_keep_their_zeros(self) -> None:
        assert all(len(each.code) == 4 and each.code[:2] == each.county_code for each in municipalities())

    def test_order(self) -> None:
        names = [each.name for each in municipalities()]
        assert (names[0], names[-1]) == ("Ale", "Övertorneå")
        assert names.index("Östhammar") > names.index("Älmhult") > names.index("Åmål") > names.index("Ystad")

    def test_positions_are_in_sweden(self) -> None:
        assert all(each.position for each in municipalities())
        assert all(each.position for each in places())

    def test_a_municipality_stands_at_its_seat(self) -> None:
        # The seat of Sigtuna is Märsta, 8 km from the town of Sigtuna.
        assert municipality("Sigtuna").position == place("Märsta").position

    def test_no_place_is_far_from_its_municipality(self) -> None:
        # Kiruna, the widest, is some 250 km across.
        assert max(distance_m(each.position, each.municipality.position) for each in places()) < 200_000


class TestMunicipality:
    @pytest.mark.parametrize("text", ["1280", "Malmö", "MALMÖ", "malmo", "Malmo\u0308", " Malmö ", "Malmö stad"])
    def test_spellings(self, text: str) -> None:
        assert municipality(text).code == "1280"

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("0180", "0180"),
            ("180", "0180"),  # as a spreadsheet leaves it
            ("Lunds kommun", "1281"),
            ("Borås stad", "1490"),  # the s belongs to the name
            ("Region Gotland", "0980"),
            ("Upplands bro", "0139"),
        ],
    )
    def test_codes_and_official_names(self, text: str, code: str) -> None:
        assert municipality(text).code == code

    def test_a_ring_tells_two_municipalities_apart(self) -> None:
        assert municipality("habo").county_name == "Jönköpings län"
        assert municipality("håbo").county_name == "Uppsala län"

    @pytest.mark.parametrize(
        ("text", "hint"), [("Sundbybreg", "did you mean Sundbyberg"), ("9999", "use the name"), ("", "use the name")]
    )
    def test_unknown(self, text: str, hint: str) -> None:
        with pytest.raises(BadInput, match=f"municipality: there is no such municipality in Sweden: {hint}"):
            municipality(text)


class TestPlace:
    def test_a_municipality_comes_first(self) -> None:
        assert place("Kiruna").municipality == municipality("Kiruna")

    def test_a_place_in_a_municipality_of_another_name(self) -> None:
        landvetter = place("landvetter")
        assert landvetter.municipality.name == "Härryda"
        assert landvetter.population is not None
        assert landvetter.position != landvetter.municipality.position

    def test_several_are_told_apart_by_municipality(self) -> None:
        with pytest.raises(BadInput, match="place: there are several: write one of Storvik, Sandviken; Storvik, Skel"):
            place("Storvik")
        assert place("Storvik, Sandviken").municipality.name == "Sandviken"

    def test_two_in_one_municipality(self) -> None:
        # GeoNames has two Vi in Sundsvall, of 5841 and 4757 people.
        assert place("Vi, Sundsvall").population == 5841

    @pytest.mark.parametrize("text", ["Landvettr", "Landvetter, Lund"])
    def test_unknown(self, text: str) -> None:
        with pytest.raises(BadInput, match="place: there is no such place in our list of Sweden: did you mean Landv"):
            place(text)

    def test_unknown_municipality(self) -> None:
        with pytest.raises(BadInput, match="there is no such municipality"):
            place("Storvik, Sandvikn")


@given(st.text(max_size=20))
def test_any_text_is_found_or_refused(text: str) -> None:
    for look_up in (municipality, place):
        with suppress(BadInput):
            assert look_up(text).name


class TestWithin:
    @pytest.mark.parametrize(
        ("municipality", "position"),
        [
            ("Östersund", (59.3293, 18.0686)),  # Stockholm
            ("Sundsvall", (63.29, 18.71)),  # Örnsköldsvik
            ("Stockholm", (57.70, 11.97)),  # Göteborg
            ("Lund", (63.1783, 14.6366)),  # Östersund
        ],
    )
    def test_a_position_in_another_town_is_refused(self, municipality: str, position: tuple[float, float]) -> None:
        with pytest.raises(BadInput, match=r"it lies some \d+ km from"):
            geo.check_within(geo.municipality(municipality).code, geo.Position(*position))

    @pytest.mark.parametrize(
        ("municipality", "position"),
        [
            ("Östersund", (63.1783, 14.6366)),
            ("Kiruna", (68.43, 18.13)),  # Riksgränsen, 120 km from the seat
            ("Solna", (59.3293, 18.0686)),  # over the border, which is not known here
            ("Åre", (63.4, 13.08)),
        ],
    )
    def test_one_that_may_be_there_is_taken(self, municipality: str, position: tuple[float, float]) -> None:
        geo.check_within(geo.municipality(municipality).code, geo.Position(*position))

    def test_every_place_is_within_its_municipality(self) -> None:
        for each in geo.places():
            geo.check_within(each.municipality.code, each.position)
