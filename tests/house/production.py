"""Run a piece of code in a process with production settings: addresses and middleware are made at import."""

import subprocess
import sys

from tests.house.code import ROOT

ENVIRONMENT = {
    "PORTAL_MODE": "production", "SECRET_KEY": "k7-Qz_" * 10, "AUDIT_KEY": "a" * 60, "ALLOWED_HOSTS": "portal.example.com",
    "PORTAL_URL": "https://portal.example.com",
    "ZENDESK_HOST": "acme.zendesk.com", "ZENDESK_CLIENT_ID": "i", "ZENDESK_CLIENT_SECRET": "s",
    "SALESFORCE_DOMAIN": "acme.my", "SALESFORCE_CONSUMER_KEY": "k", "SALESFORCE_CONSUMER_SECRET": "s",
    "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_WORKSPACE_HOST": "acme.slack.com", "DJANGO_SETTINGS_MODULE": "portal.settings", "PATH": "",
}  # fmt: skip
SET_UP = """
import django, logging
django.setup()
logging.disable()
"""


def in_production(code: str, folder) -> str:
    """What `code` printed; its database, if it makes one, is in `folder`."""
    env = {**ENVIRONMENT, "VAR_DIR": str(folder)}
    command = [sys.executable, "-c", SET_UP + code]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout
