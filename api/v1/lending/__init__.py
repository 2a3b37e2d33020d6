"""Lending at the desk over the API: for how long what is out stays out, and what is missing."""
