"""A session cookie that no portal made is no session: whatever stands in it, the answer is the sign-in."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

COOKIES = {
    "an escaped NUL": r'"abcdefgh\000ijklmnopqrstuvwxyz123456"',
    "only a NUL": r'"\000"',
    "a NUL as it is": "abcdefgh\x00ijkl",
    "other control characters": r'"abcdefgh\001\033"',
    "a letter that is none of ours": "äbcdefghijklmnopqrstuvwxyz123456",
    "an emoji in UTF-8": "abcdefgh\U0001f680".encode().decode("latin-1"),
    "half a character": "abcdefgh\xf0\x9f",
    "a key that nobody has": "abcdefghijklmnopqrstuvwxyz123456",
    "longer than the column": "a" * 5000,
    "another alphabet": "ABCDEFGH' OR 1=1 --",
    "nothing": "",
}


@pytest.mark.parametrize("cookie", COOKIES.values(), ids=COOKIES)
@pytest.mark.parametrize(("method", "address"), [("get", "/"), ("get", "/sign-in/"), ("post", "/sign-out/")])
def test_a_cookie_that_is_no_session_leads_to_the_sign_in(mapping, cookie, method, address):
    client = Client(raise_request_exception=False)
    answer = getattr(client, method)(address, headers={"cookie": f"sessionid={cookie}"})
    assert answer.status_code == (200 if address == "/sign-in/" else 302)


def test_signing_in_over_such_a_cookie_makes_a_session_of_its_own(mapping):
    client = Client(raise_request_exception=False)
    answer = client.post("/sign-in/as/", {"username": "engineer"}, headers={"cookie": rf"sessionid={COOKIES['an escaped NUL']}"})
    key = answer.cookies["sessionid"].value
    assert answer.status_code == 302
    assert Session.objects.filter(pk=key).exists()
    assert client.get("/", headers={"cookie": f"sessionid={key}"}).status_code == 200
