"""The public names the sandbox answers for. Requests arrive on loopback; the Host header says who was meant."""

ZENDESK = {"portal-demo.zendesk.com": "main", "portal-demo-usgov.zendesk.com": "usgov"}
ZENDESK_HOST = {name: host for host, name in ZENDESK.items()}
SALESFORCE = "portal-demo.my.salesforce.com"
SALESFORCE_LOGIN = ("login.salesforce.com", "test.salesforce.com")
LIGHTNING = "portal-demo.lightning.force.com"
SLACK = ("slack.com", "www.slack.com")
SLACK_WORKSPACE = "portal-demo.slack.com"
PAGE_HOSTS = (*ZENDESK, SALESFORCE, LIGHTNING, SLACK_WORKSPACE)
LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")


def service_of(host):
    """Return zendesk, salesforce or slack for a public host name; own for the sandbox itself."""
    if host in ZENDESK:
        return "zendesk"
    if host == SALESFORCE or host in SALESFORCE_LOGIN:
        return "salesforce"
    if host in SLACK:
        return "slack"
    return "own"


def without_port(host):
    """Return the host name in small letters without its port; an IPv6 literal keeps its brackets."""
    host = (host or "").strip().lower()
    if host.startswith("["):
        return host.split("]")[0] + "]"
    return host.split(":")[0]
