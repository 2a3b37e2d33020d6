"""Commands of what others come in by: pages and API, and mail."""
