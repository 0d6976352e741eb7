"""What Slack refuses in a message: the limits of text, blocks and metadata."""

TEXT_LIMIT, BLOCK_LIMIT = 40_000, 50
KINDS = ("section", "header", "context", "divider", "actions", "rich_text", "image", "markdown")


def problem(fields):
    """Return (error code, messages) for the text, blocks and metadata of a message, or None."""
    text, blocks = fields.get("text"), fields.get("blocks")
    if not text and not blocks and not fields.get("attachments"):
        return "no_text", []
    if text is not None and len(str(text)) > TEXT_LIMIT:
        return "msg_too_long", []
    if blocks is not None:
        found = block_problems(blocks)
        if found:
            return "invalid_blocks", found
    return _metadata_problem(fields.get("metadata"))


def _metadata_problem(metadata):
    if metadata in (None, ""):
        return None
    if (
        not isinstance(metadata, dict)
        or not isinstance(metadata.get("event_payload"), dict)
        or not metadata.get("event_type")
    ):
        return "invalid_metadata_format", []
    return ("metadata_too_large", []) if len(str(metadata)) > 16_000 else None


def block_problems(blocks):
    """Return what is wrong with the blocks, in Slack's words, empty when they are good."""
    if not isinstance(blocks, list):
        return ["[ERROR] must be an array [json-pointer:/blocks]"]
    if len(blocks) > BLOCK_LIMIT:
        return [f"[ERROR] no more than {BLOCK_LIMIT} items allowed [json-pointer:/blocks]"]
    found = []
    for number, block in enumerate(blocks):
        at = f"/blocks/{number}"
        kind = block.get("type") if isinstance(block, dict) else None
        if kind not in KINDS:
            found.append(f"[ERROR] unsupported type: {kind} [json-pointer:{at}/type]")
        else:
            found.extend(CHECKS.get(kind, lambda *_: [])(block, at))
            found.extend(_too_long(str(block.get("block_id", "")), 255, f"{at}/block_id"))
    return found


def _too_long(text, limit, at):
    return [f"[ERROR] must be less than {limit + 1} characters [json-pointer:{at}]"] if len(text) > limit else []


def _text(item, limit, at, kinds=("mrkdwn", "plain_text")):
    if not isinstance(item, dict) or item.get("type") not in kinds or not isinstance(item.get("text"), str):
        return [f"[ERROR] must be a valid text object [json-pointer:{at}]"]
    if not item["text"]:
        return [f"[ERROR] must be more than 0 characters [json-pointer:{at}/text]"]
    return _too_long(item["text"], limit, f"{at}/text")


def _section(block, at):
    fields = block.get("fields")
    if "text" not in block and not fields:
        return [f"[ERROR] missing required field: text or fields [json-pointer:{at}]"]
    found = _text(block["text"], 3000, f"{at}/text") if "text" in block else []
    if fields is not None and (not isinstance(fields, list) or len(fields) > 10):
        return [*found, f"[ERROR] no more than 10 items allowed [json-pointer:{at}/fields]"]
    for number, item in enumerate(fields or ()):
        found.extend(_text(item, 2000, f"{at}/fields/{number}"))
    return found + (_element(block["accessory"], f"{at}/accessory") if "accessory" in block else [])


def _header(block, at):
    return _text(block.get("text"), 150, f"{at}/text", ("plain_text",))


def _elements(limit, check):
    def checker(block, at):
        elements = block.get("elements")
        if not isinstance(elements, list) or not 0 < len(elements) <= limit:
            return [f"[ERROR] must have between 1 and {limit} items [json-pointer:{at}/elements]"]
        return [line for n, item in enumerate(elements) for line in check(item, f"{at}/elements/{n}")]

    return checker


def _context_element(item, at):
    return [] if isinstance(item, dict) and item.get("type") == "image" else _text(item, 3000, at)


def _element(item, at):
    if not isinstance(item, dict) or "type" not in item:
        return [f"[ERROR] must be a valid element [json-pointer:{at}]"]
    if item["type"] != "button":
        return []
    found = _text(item.get("text"), 75, f"{at}/text", ("plain_text",))
    return (
        found
        + _too_long(str(item.get("url", "")), 3000, f"{at}/url")
        + _too_long(str(item.get("value", "")), 2000, f"{at}/value")
    )


CHECKS = {
    "section": _section,
    "header": _header,
    "context": _elements(10, _context_element),
    "actions": _elements(25, _element),
}
