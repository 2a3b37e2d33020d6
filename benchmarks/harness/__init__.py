"""How a measurement is made, judged, and written down."""
