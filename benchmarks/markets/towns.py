"""Where people live in Sweden, as coarsely as a synthetic market needs it."""

import numpy as np

from matching.arrays.arrays import Floats

TOWNS = """
Stockholm 59.33 18.07 1600; Göteborg 57.71 11.97 620; Malmö 55.61 13.00 340; Uppsala 59.86 17.64 170
Västerås 59.61 16.55 130; Örebro 59.27 15.21 128; Linköping 58.41 15.62 116; Helsingborg 56.05 12.69 114
Jönköping 57.78 14.16 101; Norrköping 58.59 16.18 98; Lund 55.70 13.19 94; Umeå 63.83 20.26 91
Gävle 60.67 17.14 79; Borås 57.72 12.94 74; Södertälje 59.20 17.63 75; Eskilstuna 59.37 16.51 70
Halmstad 56.67 12.86 71; Växjö 56.88 14.81 72; Karlstad 59.38 13.50 67; Sundsvall 62.39 17.31 59
Östersund 63.18 14.64 52; Trollhättan 58.28 12.29 50; Luleå 65.58 22.15 50; Kalmar 56.66 16.36 42
Falun 60.61 15.63 39; Karlskrona 56.16 15.59 37; Kristianstad 56.03 14.16 42; Skövde 58.39 13.85 40
Skellefteå 64.75 20.95 37; Uddevalla 58.35 11.94 37; Varberg 57.11 12.25 37; Örnsköldsvik 63.29 18.72 33
Nyköping 58.75 17.01 39; Visby 57.64 18.30 28; Borlänge 60.48 15.44 46; Västervik 57.76 16.64 21
Mora 61.01 14.54 13; Kiruna 67.86 20.23 17; Lycksele 64.60 18.67 9; Gällivare 67.13 20.66 9
"""
"""Name, latitude, longitude and thousands of inhabitants, about 2023."""


def towns() -> tuple[Floats, Floats]:
    """Positions (towns, 2) as latitude and longitude in degrees, and each town's share of the inhabitants."""
    lines = [entry.split() for line in TOWNS.strip().splitlines() for entry in line.split(";")]
    position = np.array([[float(latitude), float(longitude)] for _, latitude, longitude, _ in lines])
    people = np.array([float(thousands) for *_, thousands in lines])
    return position, people / people.sum()
