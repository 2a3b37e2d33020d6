"""Counting what is there: what is found to be missing is lost or written off, and what turns up is had again."""
