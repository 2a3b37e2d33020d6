"""Webhooks: an organisation's own systems are told of what happens, from the notices that stand in rows."""
