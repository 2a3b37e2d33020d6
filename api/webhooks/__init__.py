"""Webhooks on their way out: what an event says, its signature, and the job that sends it."""
