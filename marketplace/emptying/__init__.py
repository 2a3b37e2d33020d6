"""Emptying a building: all that stands at one site is put up for sharing in one go, looked through before."""
