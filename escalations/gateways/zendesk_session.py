"""Signing in to Zendesk: OAuth client credentials, which zenpy does not know."""

from collections.abc import Callable
from contextlib import contextmanager

import requests

from escalations.gateways import transport
from escalations.gateways.base import Deadline
from escalations.gateways.tokens import Token

TOKEN_SECONDS = 3600


class SignedIn(requests.auth.AuthBase):
    """Puts the token on a request; after a 401, which applied nothing, repeats it once with a new token."""

    def __init__(self, token: Token, make, deadline: Deadline):
        self.token, self.make, self.deadline = token, make, deadline

    def __call__(self, request):
        self._put_on(request)
        request.register_hook("response", self._again)
        return request

    def _put_on(self, request):
        self.used = self.token.get(self.make, self.deadline)
        request.headers["Authorization"] = f"Bearer {self.used}"

    def _again(self, response, **options):
        if response.status_code != 401:
            return response
        self.token.drop(self.used)
        request = response.request.copy()
        self._put_on(request)
        repeated = response.connection.send(request, **options)
        if repeated.status_code == 401:
            self.token.drop(self.used)
        transport.guard(repeated)  # sent below the session, so its hooks would not run
        return repeated


class Door:
    """Opens zenpy for one unit of work on one instance; the token is shared by all threads."""

    def __init__(self, host: str, client_id: str, client_secret: str, token: Token, hosts, base: str | None = None):
        self.host, self.token = host, token
        self._client_id, self._client_secret, self._hosts, self._base = client_id, client_secret, hosts, base

    @contextmanager
    def open(self, deadline: Deadline, fence: Callable[[], None] | None = None):
        """Yield zenpy's ticket API. Not to be shared between threads: zenpy sent empty updates when it was.

        `fence` is called before each write, never before a read or the sign-in.
        """
        from zenpy import Zenpy

        with transport.session(self._hosts, deadline, self._base, fence) as session:
            session.auth = SignedIn(self.token, lambda: self._mint(deadline), deadline)
            session.authorized = True
            subdomain, _, domain = self.host.partition(".")
            client = Zenpy(subdomain=subdomain, domain=domain, session=session, disable_cache=True)
            yield client.tickets

    def url(self, path: str) -> str:
        return f"https://{self.host}{path}"

    def get(self, tickets, path: str) -> requests.Response:
        return tickets._get(self.url(path), raw_response=True)  # sideloads are lost through zenpy's objects

    def put(self, tickets, path: str, payload: dict) -> requests.Response:
        return tickets._call_api(tickets.session.put, self.url(path), json=payload)

    def _mint(self, deadline):
        wanted = {
            "grant_type": "client_credentials",
            "client_id": self._client_id,
            "client_secret": self._client_secret,
            "scope": "read write",
            "expires_in": TOKEN_SECONDS,
        }
        with transport.session(self._hosts, deadline, self._base) as session:
            answer = session.post(self.url("/oauth/tokens"), json=wanted).json()
        return str(answer["access_token"]), float(answer.get("expires_in") or TOKEN_SECONDS)
