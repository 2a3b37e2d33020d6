"""An authenticator such as a security key, as far as the messages go that it exchanges with a web server."""

import json
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from html import unescape
from re import search
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def written(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")


def options_of(html: str) -> dict[str, Any]:
    """Return what a page asks of an authenticator."""
    found = search(r'data-options="([^"]*)"', html)
    assert found, html
    return json.loads(unescape(found[1]))


@dataclass
class Authenticator:
    """One passkey, with what it says of itself: all of it may be wrong."""

    origin: str = "http://testserver.local"
    count: int = 0
    flags: int = PRESENT | VERIFIED
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: dict[str, Any]) -> str:
        """Answer `navigator.credentials.create`."""
        numbers = self.key.public_key().public_numbers()
        point = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        credential = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + cbor2.dumps(point)
        said = self._said(options["rp"]["id"], ATTESTED) + credential
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": said})
        client = self._client("webauthn.create", options["challenge"])
        return self._answer({"attestationObject": written(attestation), "clientDataJSON": written(client)})

    def sign(self, options: dict[str, Any]) -> str:
        """Answer `navigator.credentials.get`."""
        said, client = self._said(options["rpId"]), self._client("webauthn.get", options["challenge"])
        signature = self.key.sign(said + sha256(client).digest(), ec.ECDSA(SHA256()))
        parts = {"authenticatorData": said, "clientDataJSON": client, "signature": signature}
        return self._answer({name: written(part) for name, part in parts.items()})

    def _said(self, host: str, more: int = 0) -> bytes:
        return sha256(host.encode()).digest() + bytes([self.flags | more]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, response: dict[str, str]) -> str:
        key = written(self.credential_id)
        return json.dumps(
            {"id": key, "rawId": key, "type": "public-key", "response": response, "clientExtensionResults": {}}
        )
