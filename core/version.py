"""A marketplace where public bodies share places, things and people's time."""

__version__ = "0.1.0"
