"""The real clients against the sandbox, one process of it for all tests of this folder. No database, no sleeping."""

import ssl
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from escalations.gateways.base import Deadline
from escalations.gateways.salesforce import Salesforce
from escalations.gateways.salesforce_query import Fields
from escalations.gateways.slack import Slack
from escalations.gateways.zendesk import Zendesk

FIELDS = Fields(
    csm="Customer_Success_Manager__r",
    csm_name="Technical_Account_Manager_Name__c",
    channel_id="Internal_Slack_Channel__c",
    region="Region__c",
)


class Sandbox:
    """The sandbox's own API, in the words of the tests."""

    def __init__(self, url):
        self.url = url

    def control(self, what, **given):
        answer = requests.post(f"{self.url}/control/{what}", json=given, timeout=10)
        assert answer.ok, answer.text
        return answer.json()

    def fault(self, service, kind, match="*", **more):
        self.control("faults", service=service, kind=kind, match=match, **more)

    def effects(self, *kinds):
        """Everything applied so far, of these kinds if any are given."""
        found = requests.get(f"{self.url}/ledger.json", timeout=10).json()
        return [one for one in found if not kinds or one["kind"] in kinds]

    @contextmanager
    def counting(self, service="*", match="*"):
        """Yield a list that holds, after the block, how many requests matched (by a rule that changes nothing)."""
        self.fault(service, "delayed_visibility", match, seconds=0)
        counted = []
        yield counted
        counted.append(self.matched())
        self.clear_faults()

    def matched(self):
        """How many requests the last rule was meant for."""
        return requests.get(f"{self.url}/control/faults", timeout=10).json()["faults"][-1]["matched"]

    def clear_faults(self):
        requests.delete(f"{self.url}/control/faults", timeout=10)

    def eventually(self, number, *kinds, seconds=2.0):
        """Wait until so many effects are there, at most so long: for what is applied after we stopped listening."""
        for _ in range(int(seconds / 0.02)):
            if len(self.effects(*kinds)) >= number:
                break
            threading.Event().wait(0.02)
        return len(self.effects(*kinds))


@pytest.fixture(scope="session")
def _process():
    command = [sys.executable, "-m", "sandbox", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    yield process.stdout.readline().split()[-1]
    process.terminate()
    process.wait(10)
    process.stdout.close()


@pytest.fixture
def sandbox(_process):
    box = Sandbox(_process)
    box.control("reset")
    return box


@pytest.fixture
def soon():
    """A deadline that is far enough for loopback."""
    return Deadline(5.0)


@pytest.fixture
def zendesk(sandbox):
    return Zendesk("main", "portal-demo.zendesk.com", client_id="portal", client_secret="portal", base=sandbox.url)


@pytest.fixture
def usgov(sandbox):
    return Zendesk(
        "usgov",
        "portal-demo-usgov.zendesk.com",
        client_id="portal",
        client_secret="portal",
        restricted=True,
        base=sandbox.url,
    )


@pytest.fixture
def salesforce(sandbox):
    return Salesforce(
        "portal-demo.my",
        consumer_key="portal",
        consumer_secret="portal",
        fields=FIELDS,
        base=sandbox.url,
        pause=lambda seconds: None,
    )


@pytest.fixture
def slack(sandbox):
    return Slack("xoxb-portal", "portal-demo.slack.com", base=sandbox.url)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now, day = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")]), datetime.now(UTC), timedelta(days=1)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - day, now + day)
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), True).sign(key, hashes.SHA256())
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    plain, pem = serialization.NoEncryption(), serialization.Encoding.PEM
    path.write_bytes(
        made.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.TraditionalOpenSSL, plain)
    )
    return str(path)


@pytest.fixture
def tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context
