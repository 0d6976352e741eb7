"""The Slack conversations every workspace of the sandbox starts with, and the bot that posts in them."""

from sandbox.people import CAST, SUPPORT, person
from sandbox.records import Channel

BOT_USER, BOT_ID, APP_ID, TEAM_ID = "U0ESCPORTAL", "B0ESCPORTAL", "A0ESCPORTAL", "T0PORTALDEM"
BOT_NAME = "Escalation Portal"


def build():
    """Return the general channels; account channels come with their customers."""
    everybody = [p.slack_id for p in CAST if p.slack == "active"]
    leads = [p.slack_id for p in SUPPORT if p.name in ("Tom Okafor", "Leo Brandt", "Sam Idowu")]
    return [
        Channel(
            "C0ACCTMGMT1", "account-management", "public", [BOT_USER, *everybody], purpose="Ask account owners and CSMs"
        ),
        Channel("C0SALES0001", "sales", "public", [BOT_USER, *everybody], purpose="New business"),
        Channel("C0SUPLEADS1", "support-leads", "private", [BOT_USER, *leads], purpose="Support team leads"),
        Channel("C0GENERAL01", "general", "public", everybody, purpose="Company-wide"),
        Channel("C0OLDSALES1", "sales-legacy", "public", [BOT_USER, person("omar.haddad").slack_id], archived=True),
    ]
