"""A fresh confirmation that it is oneself: what asks for one, and how a passkey gives it (WebAuthn)."""
