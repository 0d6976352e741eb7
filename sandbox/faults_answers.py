"""The wrong answers a fault gives, each in the service's own form."""

from sandbox.web import Answer, json_answer

PAGE = b"<!doctype html><title>Maintenance</title><p>We will be back soon.</p>"


def page():
    """Return a page where JSON is expected, with status 200."""
    return Answer(200, PAGE, "text/html; charset=utf-8")


def status(service, number, code=None):
    """Return a bare error status; Zendesk and Salesforce add a little JSON, a gateway in front of Slack does not."""
    if service == "slack":
        return Answer(number, b"upstream error\n", "text/plain; charset=utf-8")
    if service == "salesforce":
        name = "SERVER_UNAVAILABLE" if number == 503 else "UNKNOWN_EXCEPTION"
        return json_answer([{"message": "An unexpected error occurred", "errorCode": code or name}], number)
    return json_answer({"error": code or "InternalError", "description": "An unexpected error occurred"}, number)


def too_many(service, retry_after):
    """Return the refusal for too many requests. Salesforce says it with 403."""
    headers = {} if retry_after is None else {"Retry_After": retry_after}
    if service == "slack":
        return json_answer({"ok": False, "error": "ratelimited"}, 429, **headers)
    if service == "salesforce":
        body = [{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}]
        return json_answer(body, 403, **headers)
    body = {"error": "APIRateLimitExceeded", "description": "Number of allowed API requests per minute exceeded"}
    return json_answer(body, 429, **headers)


def refuse_credentials(service, code=None):
    """Return the refusal of a token."""
    if service == "slack":
        return json_answer({"ok": False, "error": code or "invalid_auth"})
    if service == "salesforce":
        return json_answer([{"message": "Session expired or invalid", "errorCode": code or "INVALID_SESSION_ID"}], 401)
    return json_answer({"error": code or "Couldn't authenticate you"}, 401)


def error(service, code, number):
    """Return an error code of the service: ok:false for Slack, `status` (400) for the others."""
    if service == "slack":
        return json_answer({"ok": False, "error": code or "fatal_error"}, number or 200)
    if service == "salesforce":
        return json_answer(
            [{"message": "An error was asked for", "errorCode": code or "UNKNOWN_EXCEPTION"}], number or 400
        )
    return json_answer({"error": code or "BadRequest", "description": "An error was asked for"}, number or 400)
