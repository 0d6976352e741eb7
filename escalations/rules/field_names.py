"""What the mapping's fields are called: one name for the admin's forms and for the list of what changes."""

FIELD_NAMES = {
    "only_csm": "meant for",
    "twin_of": "shares its card with",
    "answer_days": "business days to answer",
    "not_done": "what sending does not do",
    "choose_when_not": "do not choose when",
    "valid_from": "first day",
    "valid_until": "last day",
    "retired_on": "retired from",
    "instead": "what to do instead",
    "keeper": "row keeper",
    "verified_on": "last verified on",
    "page_scenario": "scenario cell of the page",
    "page_channel": "channel cell of the page",
    "page_relevancy": "relevancy cell of the page",
    "only_if": "only if answered",
    "cc_mode": "the person on the ticket",
    "mention": "the person in Slack",
    "if_unknown": "“I do not know” counts as this",
    "unknown_says": "what the message says if it is not known",
    "fact": "its answer is read off",
    "stop": "do not escalate, but",
    "stop_link": "link of “do not escalate”",
    "stop_link_label": "words of the link",
    "stop_link_url": "address of the link",
    "slack_id": "Slack's id",
    "former_names": "older names",
    "forms": "ticket forms",
    "because": "as said on the page",
    "zones": "time zones",
    "days": "working days",
    "from_hour": "work begins at",
    "until_hour": "work ends at",
    "send_hour": "what waits for the morning is sent at",
    "act_now": "who can act while they are off work",
}


def field_name(field: str) -> str:
    """As it stands within a sentence."""
    return FIELD_NAMES.get(field, field.replace("_", " "))
