"""Calls to addresses that users have given: where they may lead, and how long and large an answer may be."""
