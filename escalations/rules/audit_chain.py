"""The audit chain: each event is sealed with HMAC-SHA256 over its fields and the hash before it."""

import hashlib
import hmac
import json


def seal(key: str, fields: dict, prev: str) -> str:
    """Hex HMAC over the canonical JSON of `fields` (seq, at, actor, action, object, payload) followed by `prev`."""
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hmac.new(key.encode(), f"{text}\n{prev}".encode(), hashlib.sha256).hexdigest()


def commitment(salt: str, words: str) -> str:
    """Stands in the chain for words that may have to be erased: with the salt gone too, nobody can guess them from it."""
    return hmac.new(salt.encode(), words.encode(), hashlib.sha256).hexdigest()


def fingerprint(key: str) -> str:
    """Tells one key from another without giving it away."""
    return hmac.new(key.encode(), b"whose database is this", hashlib.sha256).hexdigest()


def first_break(key: str, events: list[tuple[dict, str, str]]) -> int | None:
    """The first seq whose link does not hold, of (fields, prev, hash) in order; None when the chain is whole."""
    before, expected = "", 1
    for fields, prev, sealed in events:
        if fields["seq"] != expected or prev != before or not hmac.compare_digest(seal(key, fields, prev), sealed):
            return expected
        before, expected = sealed, expected + 1
    return None
