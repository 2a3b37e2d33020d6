"""Vocabularies of skills: reading their public files, keeping them, and what counts as what."""
