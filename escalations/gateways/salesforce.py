"""Salesforce, read only: who owns an account, who its CSM is, what its latest opportunities are. One request."""

import random
import time

from escalations.gateways import salesforce_query as questions
from escalations.gateways import transport
from escalations.gateways.base import Deadline, LookupFailed
from escalations.gateways.faults import reading
from escalations.gateways.salesforce_query import Fields
from escalations.gateways.tokens import Token
from escalations.gateways.transport import Hosts
from escalations.gateways.troubles import RateLimited, Refused, Trouble
from escalations.rules import salesforce_ids

TOKEN_SECONDS = 1800.0


class Salesforce:
    """Signs in with client credentials; the token is shared by all threads. `domain` is like `acme.my`."""

    def __init__(
        self,
        domain: str,
        *,
        consumer_key: str,
        consumer_secret: str,
        fields: Fields,
        version: str = "62.0",
        base: str | None = None,
        hosts: Hosts | None = None,
        token: Token | None = None,
        pause=time.sleep,
    ):
        self.host, self.fields = f"{domain}.salesforce.com", fields
        self._domain, self._key, self._secret, self._version = domain, consumer_key, consumer_secret, version
        self._base, self._hosts, self._token, self._pause = base, hosts or Hosts([self.host]), token or Token(), pause

    def account(self, account_id: str, *, deadline: Deadline) -> dict:
        """Return the account of rules.facts. `unreadable` lists the facts whose field we may not see (or is not there).

        Raises LookupFailed; `not_found` also for an id that cannot be one, with the reason as detail.
        """
        try:
            wanted = salesforce_ids.account_id(account_id)
        except ValueError as problem:
            raise LookupFailed("salesforce", "not_found", str(problem)) from None
        with reading("salesforce"), transport.session(self._hosts, deadline, self._base) as session:
            try:
                return self._account(session, wanted, deadline)
            except Trouble as trouble:
                if not _worth_a_second_try(trouble) or deadline.half_spent:
                    raise
                self._pause(random.uniform(0.05, 0.25))  # noqa: S311 - spreads load, keeps no secret
                return self._account(session, wanted, deadline)

    def accounts(self, *, domain: str, name: str, deadline: Deadline) -> list[dict]:
        """Return the accounts of rules.facts that it may be, by web domain or name; suggestions, never an answer."""
        query = questions.accounts_query(domain, name)
        if not query:
            return []
        with reading("salesforce"), transport.session(self._hosts, deadline, self._base) as session:
            return questions.accounts_facts(self._ask(session, query, deadline)["records"], domain, name)

    def _account(self, session, account_id, deadline):
        without: set[str] = set()
        while True:
            query = questions.account_query(account_id, self.fields, without)
            try:
                records = self._ask(session, query, deadline)["records"]
            except Refused as refused:
                unreadable = self._unreadable(refused, without)
                if unreadable is None:
                    raise
                without.add(unreadable)
                continue
            if not records:
                raise LookupFailed("salesforce", "not_found", "has no account with this id that the portal may see")
            return questions.account_facts(records[0], self.host, self.fields, without)

    def _unreadable(self, refused, without):
        """INVALID_FIELD means missing or not readable: an optional field is left out then, and said to be unreadable."""
        code, message = _first_error(refused)
        return self.fields.named_in(message, without) if code == "INVALID_FIELD" else None

    def _ask(self, session, query, deadline):
        """Run one query; when the session was ended, sign in again once."""
        try:
            return self._query(session, query, deadline)
        except Refused as refused:
            if refused.status != 401:
                raise
        return self._query(session, query, deadline)

    def _query(self, session, query, deadline):
        from simple_salesforce import Salesforce as Client

        signed_in = self._token.get(lambda: self._sign_in(session), deadline)
        session_id, instance = signed_in
        client = Client(session_id=session_id, instance=instance, version=self._version, session=session)
        try:
            return client.query(query)
        except Refused as refused:
            if refused.status == 401:
                self._token.drop(signed_in)
            raise _meant(refused) from None

    def _sign_in(self, session):
        from simple_salesforce.login import SalesforceLogin

        try:
            signed_in = SalesforceLogin(
                consumer_key=self._key, consumer_secret=self._secret, domain=self._domain, session=session
            )
        except Refused as refused:
            raise _meant(refused) from None  # too many requests are no refused credentials
        if not all(signed_in):
            raise ValueError("no token")
        return signed_in, TOKEN_SECONDS


def _worth_a_second_try(trouble):
    return trouble.read in ("unreachable", "malformed") or getattr(trouble, "status", 0) >= 500


def _first_error(refused):
    answer = refused.json()
    first = answer[0] if isinstance(answer, list) and answer and isinstance(answer[0], dict) else {}
    return str(first.get("errorCode", "")), str(first.get("message", ""))


def _meant(refused):
    """Salesforce says "too many requests" with 403, and "no such record" with 400."""
    code, _ = _first_error(refused)
    if code == "REQUEST_LIMIT_EXCEEDED":
        return RateLimited(refused.retry_after)
    if code == "INVALID_QUERY_FILTER_OPERATOR":
        return Refused(404)
    return refused
