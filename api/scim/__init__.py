"""SCIM 2.0 (RFC 7643, 7644) at `/scim/v2`: an organisation's own directory adds, changes and keeps out its members.

Not a part of the JSON API and its description: the protocol has its own names, errors and way of describing itself
(`/scim/v2/Schemas`), which directories know. `docs/provisioning.md` tells how to connect one.
"""
