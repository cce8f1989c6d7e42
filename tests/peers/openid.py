"""A small OpenID Connect provider over real HTTP: discovery, authorisation, token, keys. It signs in whoever is next.

with OpenIdPeer() as peer:
    peer.who = "ann@example.org"
    … peer.metadata_url, peer.client_id, peer.client_secret …
"""

import base64
import json
import secrets
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.peers.local import LocalServer

LIFETIME_S = 300


@dataclass(frozen=True)
class Grant:
    """What a code stands for: who signed in, for which address and with which nonce."""

    who: str
    redirect_uri: str
    nonce: str | None


class OpenIdPeer(LocalServer):
    """The provider. `who` is signed in next, without being asked; `signed_in` are those who came, in order."""

    client_id = "consult"
    client_secret = "a-secret-for-tests"  # noqa: S105

    def __init__(self) -> None:
        super().__init__(_handler(self))
        self.who = "ann@example.org"
        self.signed_in: list[str] = []
        self.refused: list[str] = []
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.codes: dict[str, Grant] = {}

    @property
    def issuer(self) -> str:
        """What the provider calls itself: where it is."""
        return self.url

    @property
    def metadata_url(self) -> str:
        """Where it describes itself."""
        return f"{self.issuer}/.well-known/openid-configuration"

    def metadata(self) -> dict[str, Any]:
        """The discovery document."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        }

    def authorised(self, query: dict[str, str]) -> str:
        """Where the browser goes after signing in, with a code that can be used once."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = Grant(self.who, query["redirect_uri"], query.get("nonce"))
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str], client: tuple[str, str]) -> dict[str, Any] | None:
        """The tokens for a code; None where code, address or client do not fit."""
        grant = self.codes.pop(form.get("code", ""), None)
        if (
            grant is None
            or client != (self.client_id, self.client_secret)
            or grant.redirect_uri != form["redirect_uri"]
        ):
            self.refused.append(form.get("code", ""))
            return None
        self.signed_in.append(grant.who)
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": grant.who,
            "aud": self.client_id,
            "email": grant.who,
            "iat": now,
            "exp": now + LIFETIME_S,
            **({"nonce": grant.nonce} if grant.nonce else {}),
        }
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)
        return {"access_token": "unused", "token_type": "Bearer", "expires_in": LIFETIME_S, "id_token": signed}


def _handler(peer: OpenIdPeer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            match address.path:
                case "/.well-known/openid-configuration":
                    self._send(200, peer.metadata())
                case "/jwks":
                    self._send(200, {"keys": [peer.key.as_dict(private=False)]})
                case "/authorize":
                    query = {name: values[0] for name, values in parse_qs(address.query).items()}
                    self.send_response(302)
                    self.send_header("Location", peer.authorised(query))
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                case _:
                    self._send(404, {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            found = peer.token(form, self._client(form))
            self._send(200 if found else 400, found or {"error": "invalid_grant"})

        def _client(self, form: dict[str, str]) -> tuple[str, str]:
            given = self.headers.get("Authorization", "")
            if given.startswith("Basic "):
                name, _, secret = base64.b64decode(given[6:]).decode().partition(":")
                return name, secret
            return form.get("client_id", ""), form.get("client_secret", "")

        def _send(self, status: int, document: dict[str, Any]) -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler
