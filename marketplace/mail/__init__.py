"""Notices by mail: an outbox in rows, by each member's choice. The words, and the way out, are the edge's."""
