"""What sort of call a request is: faults, delays and counts are given by it."""

SLACK_WRITES = ("chat.postMessage", "chat.update", "chat.delete", "conversations.open", "conversations.join")
SLACK_LISTS = (
    "conversations.history",
    "conversations.replies",
    "conversations.members",
    "conversations.list",
    "users.list",
)
SORTS = ("read", "write", "token")
TOKENS = ("POST /oauth/tokens", "POST /services/oauth2/token", "POST /services/Soap")


def sort_of(service, name):
    """Return read, write or token; `name` is a Slack method or `PUT /api/v2/tickets/1001.json`."""
    if service == "slack":
        return "write" if name in SLACK_WRITES else "read"
    if name.startswith(TOKENS):
        return "token"
    return "read" if service == "salesforce" or name.startswith("GET ") else "write"


def is_list(service, name):
    """Say whether the answer comes in pages."""
    if service == "slack":
        return name in SLACK_LISTS
    return service == "zendesk" and name.removesuffix(".json").endswith(("/comments", "/audits"))


def target_of(service, request):
    """Return the channel or ticket a request is about, as text, for rules that are meant for one target only."""
    if service == "zendesk":
        return next((part for part in request.path.replace(".json", "").split("/") if part.isdigit()), None)
    try:
        return request.fields().get("channel") if service == "slack" else None
    except ValueError:
        return None
