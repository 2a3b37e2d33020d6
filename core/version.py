"""A marketplace where public bodies share rooms, things and working time."""

__version__ = "0.1.0"
