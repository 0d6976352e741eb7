"""The cast: who exists in Slack, Zendesk and Salesforce, and in what state.

One person is one e-mail address. Their ids in the three services are derived from their place in CAST, so add new
people at the end.
"""

from dataclasses import dataclass

from sandbox import ids


@dataclass(frozen=True)
class Person:
    """`zendesk`: admin, agent, light, end-user or None; `slack` and `salesforce`: active, inactive or None.

    `paused_hours`: for how long from the first day on their notifications in Slack are paused.

    `sees`: which tickets somebody may see in Zendesk (organization, groups, assigned, requested); None means all.
    """

    name: str
    email: str
    title: str
    zendesk: str | None = "light"
    slack: str | None = "active"
    salesforce: str | None = "active"
    away: str = ""
    manager: str = ""
    sees: str | None = None
    tz: str = "Europe/Amsterdam"
    paused_hours: int = 0

    @property
    def slack_id(self):
        return ids.slack_user_id(self.email)

    @property
    def salesforce_id(self):
        return ids.salesforce_id("005", NUMBERS[self.email])


def _support(name, email, title, **more):
    return Person(name, f"{email}@example.com", title, **{"zendesk": "agent", "salesforce": None, **more})


def _field(name, email, title, **more):
    return Person(name, f"{email}@example.com", title, **{"manager": "vera.lindqvist@example.com", **more})


AE, CSM = "Account Executive", "Customer Success Manager"
SUPPORT = [
    _support("Ana Lima", "ana.lima", "Support Engineer", tz="America/Sao_Paulo"),
    _support("Tom Okafor", "tom.okafor", "Support Team Lead", tz="Africa/Lagos"),
    _support("Mia Berg", "mia.berg", "Support Operations", tz="Europe/Oslo"),
    _support("Leo Brandt", "leo.brandt", "Support Operations Manager", tz="Europe/Berlin"),
    _support("Ivy Chen", "ivy.chen", "Auditor", tz="Asia/Taipei"),
    _support("Sam Idowu", "sam.idowu", "Systems Administrator", zendesk="admin", tz="Europe/London"),
    _support("Una Grant", "una.grant", "US Government Support Engineer", tz="America/New_York"),
]
FIELD = [
    _field("Omar Haddad", "omar.haddad", AE, tz="Europe/London"),
    _field("Dana Reyes", "dana.reyes", CSM, tz="America/Los_Angeles"),
    _field("Grace Molina", "grace.molina", AE, tz="America/Denver"),
    _field("Ben Foster", "ben.foster", AE, tz="America/New_York"),
    _field("Piotr Nowak", "piotr.nowak", AE, salesforce="inactive", slack="inactive"),
    _field("Keiko Tanaka", "keiko.tanaka", AE, away="On leave until Monday", tz="Asia/Tokyo"),
    _field("Ruth Adler", "ruth.adler", AE, slack=None),
    _field("Joel Sandberg", "joel.sandberg", CSM, tz="Australia/Sydney"),
    _field("Priya Raman", "priya.raman", CSM, away="Out of office", tz="Asia/Kolkata"),
    _field("Noah Weiss", "noah.weiss", CSM, salesforce="inactive", slack="inactive"),
    _field("Elif Kaya", "elif.kaya", CSM, slack=None, tz="Europe/Istanbul"),
    _field("Carlos Pinto", "carlos.pinto", CSM, zendesk="end-user", tz="Europe/Lisbon"),
    _field("Maria Silva", "maria.silva", CSM, tz="Europe/Lisbon"),
    _field("Maria Silva", "maria.silva2", AE, tz="America/Sao_Paulo"),
    _field("Vera Lindqvist", "vera.lindqvist", "Area Vice President", manager="", tz="Europe/Stockholm"),
]
NOBODY = [
    _field("AMER SMB Sales User", "amer-smb-sales", "Pool", zendesk=None, slack=None, manager=""),
    _field("EMEA Commercial Sales User", "emea-commercial-sales", "Pool", zendesk=None, slack=None, manager=""),
    _field("CSM Scale", "csm-scale", "Placeholder", zendesk=None, slack=None, manager=""),
]
# Owners and CSMs of the tickets from 100000 up: every one of them can be reached, so that a load run can finish.
CROWD = [
    _field(name, name.lower().replace(" ", "."), title)
    for title, names in (
        (AE, ("Hugo Martins", "Lena Fischer", "Nadia Petrova", "Owen Clarke", "Rosa Jimenez", "Sven Dahl")),
        (CSM, ("Amara Nwosu", "Felix Wong", "Ines Duarte", "Jonas Keller", "Mei Sato", "Tariq Aziz")),
    )
    for name in names
]
# In Slack, but not in the channel of their account; and an agent who may see nothing but what is assigned to them.
NEWCOMERS = [
    _field("Hanna Virtanen", "hanna.virtanen", CSM, tz="Europe/Helsinki"),
    _field("Rafael Ortiz", "rafael.ortiz", CSM, zendesk="agent", sees="assigned", tz="America/Bogota"),
]
# Notifications in Slack are paused for ten days, which is an absence; and until the evening, which is none.
PAUSED = [
    _field("Bea Novak", "bea.novak", CSM, tz="Europe/Prague", paused_hours=240),
    _field("Luis Ferrer", "luis.ferrer", CSM, tz="Europe/Madrid", paused_hours=8),
]
CAST = [*SUPPORT, *FIELD, *NOBODY, *CROWD, *NEWCOMERS, *PAUSED]
NUMBERS = {person.email: number for number, person in enumerate(CAST, 1)}
BY_EMAIL = {person.email: person for person in CAST}
CROWD_OWNERS = [person for person in CROWD if person.title == AE]
CROWD_CSMS = [person for person in CROWD if person.title == CSM]
POOLS = NOBODY[:2]
SCALE = NOBODY[2]


def person(name):
    """Return the person whose address is `name`@example.com; None for an empty name."""
    return BY_EMAIL[f"{name}@example.com"] if name else None
