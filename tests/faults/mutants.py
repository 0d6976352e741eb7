"""Small mistakes, each of which the fault run has to notice: replacements of text in the product's modules.

They are made while a child process imports the module (see `mutated`); nothing of them is in the product.
"""

from dataclasses import dataclass

ACTIONS, GATEWAYS = "escalations.actions", "escalations.gateways"


@dataclass(frozen=True)
class Mutant:
    """`reds`: the counts of which at least one must not be zero. `seen_in`: one of `killing.SETTINGS`, where it shows best."""

    what: str
    reds: tuple[str, ...]
    patches: dict[str, list[tuple[str, str]]]
    seen_in: str = "mixed weather"


ONCE_MORE = """def _as_of_now(delivery, gateways):
    account = gateways.salesforce.account(delivery.escalation.account_id, deadline=Deadline(2.0))
    return (account["csm"] or account["owner"])["email"]


def _send_message("""

# Before an attempt after one in doubt the product looks once more. The mistakes below it are seen only without that.
NO_SECOND_LOOK = ("found = _already_there(delivery, gateways)", "found = None")

MUTANTS = {
    "retry-on-unknown": Mutant(
        "an attempt whose end is unknown is made again at once, without a look",
        ("duplicated",),
        {f"{ACTIONS}.delivery": [
            ('return "uncertain", now + timedelta(seconds=settings.DELIVERY_LOOK_AGAIN_SECONDS)', 'return "pending", now'), NO_SECOND_LOOK,
        ]},
    ),
    "clients-retry": Mutant(
        "the HTTP client repeats a request by itself, as many do when asked nicely",
        ("duplicated",),
        {f"{GATEWAYS}.transport": [(
            "super().__init__(max_retries=0)",
            'super().__init__(max_retries=__import__("urllib3").Retry(3, allowed_methods=None, status_forcelist=(500, 502, 503)))',
        )]},
    ),
    "wall-clock-lease": Mutant(
        "a delivery belongs to its worker for two seconds by the clock; then it is anybody's",
        ("duplicated",),
        {f"{ACTIONS}.sweep": [
            ("for row in sending if row.claimed_by in dead]",
             'for row in sending if __import__("time").time() - row.tries.last().started_at.timestamp() > 2]'),
            ('delivery, "uncertain",', 'delivery, "pending",'),
        ], f"{ACTIONS}.delivery": [NO_SECOND_LOOK]},
    ),
    "delivered-before-send": Mutant(
        "delivered is written down first, then it is sent",
        ("false delivered", "lost"),
        {f"{ACTIONS}.delivery": [(
            "        receipt = found or SENDERS[delivery.system](delivery, gateways, owner.fence(delivery))",
            '        settle(delivery, "delivered", "", by=owner.name, attempt="delivered", remote_id=str(delivery.key))\n'
            "        receipt = SENDERS[delivery.system](delivery, gateways, lambda: None)",
        )]},
    ),
    "public-left-out": Mutant(
        "the note does not say that it is internal: Zendesk then makes it public",
        ("public leak",),
        {f"{GATEWAYS}.zendesk_note": [('{"body": shapes.plain(body), "public": False}', '{"body": shapes.plain(body)}')]},
    ),
    "recipients-resolved-again": Mutant(
        "who follows the ticket is found again at the moment of sending, whoever was reviewed",
        ("wrong person or text",),
        {f"{ACTIONS}.effects": [
            ('        follower=content.get("follower"),', '        follower=_as_of_now(delivery, gateways) if content.get("follower") else None,'),
            ("def _send_message(", ONCE_MORE),
        ]},
    ),
    "no-draft-key": Mutant(
        "nothing ties an escalation to its draft: neither UNIQUE(draft) nor the draft's own state",
        ("duplicated",),
        {
            "escalations.migrations.0001_initial": [("('draft', models.OneToOneField(", "('draft', models.ForeignKey(")],
            f"{ACTIONS}.lifecycle": [
                ("    if sent:\n        return sent", "    if False:\n        return sent"),
                ("            if not live.update(state=\"submitted\", updated_at=now):\n                raise NotLive", "            live.update(state=\"submitted\", updated_at=now)"),
            ],
        },
        seen_in="a storm of clicks",
    ),
    # The third look, before sending again, finds most of what two looks have missed: seen only in what comes later still.
    "no-grace": Mutant(
        "two empty looks count at once, whatever may still be under way",
        ("duplicated",),
        {f"{ACTIONS}.reconcile": [("grace = timedelta(seconds=settings.DELIVERY_GRACE_SECONDS)", "grace = timedelta(0)")]},
        seen_in="late answers",
    ),
    "swept-and-sent-again": Mutant(
        "what a dead worker had in hand is sent again without a look",
        ("duplicated",),
        {f"{ACTIONS}.sweep": [('delivery, "uncertain",', 'delivery, "pending",')], f"{ACTIONS}.delivery": [NO_SECOND_LOOK]},
        seen_in="many kills",
    ),
    "no-sweep": Mutant(
        "nobody takes over what a dead worker had in hand",
        ("stuck",),
        {f"{ACTIONS}.sweep": [("return sum(_let_go(row, words) for row, words in fallen)", "return 0")]},
    ),
    "a-leg-forgotten": Mutant(
        "of several deliveries only the first is written",
        ("lost", "half written"),
        {f"{ACTIONS}.lifecycle": [("for leg in plan.legs:\n                delivery_row", "for leg in plan.legs[:1]:\n                delivery_row")]},
    ),
    "moved-without-its-event": Mutant(
        "a delivery moves and the audit log does not say so",
        ("half written",),
        {f"{ACTIONS}.moves": [("    record(opened, escalation, delivery, state)\n    _after(", "    _after(")]},
    ),
    "answers-ignored": Mutant(
        "what was refused or closed goes on being sent",
        ("unexpected",),
        {
            "escalations.models.escalation": [('self.follow_up if self.follow_up in states.OVER else ""', '""')],
            "escalations.models.delivery": [(" | Q(escalation__follow_up__in=states.OVER)", "")],
        },
        seen_in="early answers",
    ),
    "corrections-ignored": Mutant(
        "who is not to be told any more, as somebody has said since Send, is told all the same",
        ("wrong person or text",),
        {f"{ACTIONS}.delivery": [("said = said_otherwise(delivery.escalation, at=database_now())", "said = None")]},
        seen_in="early answers",
    ),
}  # fmt: skip
