"""The command line: the third entrance, beside pages and JSON API."""
