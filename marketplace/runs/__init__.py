"""Matching runs as rows: their lifecycle, leases, documents and blocks sent to workers."""
