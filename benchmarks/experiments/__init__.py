"""The measurements, each a command."""
