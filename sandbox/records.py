"""The things the services keep. Plain mutable records: only `effects` and `control` change them."""

from dataclasses import dataclass, field

from sandbox.conversation import Conversation, micros


@dataclass
class Account:
    """A Salesforce account; people are Person or None, `opportunities` a list of Opportunity."""

    id: str
    name: str
    owner: object
    csm: object = None
    csm_text: str | None = None
    channel: str | None = None
    region: str = "EMEA"
    type: str = "Customer"
    support_level: str = "Premium"
    domain: str = ""
    opportunities: list = field(default_factory=list)


@dataclass
class Opportunity:
    """`created` and `closes` are days relative to the day the world was seeded."""

    id: str
    name: str
    owner: object
    created: int
    closes: int
    stage: str = "3-Technical Evaluation"


@dataclass
class Organization:
    """A Zendesk organization; `fields` are the organization_fields."""

    id: int
    name: str
    external_id: str | None = None
    notes: str = ""
    details: str = ""
    domains: tuple = ()
    fields: dict = field(default_factory=dict)


@dataclass
class ZendeskUser:
    """`role`: admin, agent, light or end-user; `sees`: the tickets an agent is restricted to, None for all."""

    id: int
    name: str
    email: str
    role: str = "end-user"
    organization_id: int | None = None
    tz: str = "Europe/Amsterdam"
    active: bool = True
    sees: str | None = None


@dataclass
class Comment:
    """One entry of the conversation; an internal note is a comment that is not public."""

    id: int
    author_id: int
    body: str
    public: bool
    at: str
    audit_id: int
    html: str | None = None
    via: str = "web"


@dataclass
class Ticket:
    """A Zendesk ticket; times are ISO 8601 UTC with one-second resolution, as Zendesk has them."""

    instance: str
    id: int
    subject: str
    priority: str | None
    form: str
    requester_id: int
    organization_id: int | None
    assignee_id: int
    created_at: str
    updated_at: str
    tags: list = field(default_factory=list)
    status: str = "open"
    custom_fields: dict = field(default_factory=dict)
    comments: list = field(default_factory=list)
    audits: list = field(default_factory=list)
    follower_ids: list = field(default_factory=list)
    email_cc_ids: list = field(default_factory=list)
    shows: str = ""
    deleted: bool = False


@dataclass
class Channel:
    """A Slack conversation; `kind`: public, private, im or mpim; `members` are Slack user ids; `ext_shared`: with another company."""

    id: str
    name: str
    kind: str = "public"
    members: list = field(default_factory=list)
    archived: bool = False
    ext_shared: bool = False
    listed: bool = True
    messages: Conversation = field(default_factory=Conversation)
    purpose: str = ""


@dataclass
class Message:
    """One Slack message; `ts` is its id within the channel."""

    ts: str
    user: str
    text: str
    blocks: list | None = None
    metadata: dict | None = None
    thread_ts: str | None = None
    edited_ts: str | None = None
    broadcast: bool = False
    micros: int = 0

    def __post_init__(self):
        self.micros = micros(self.ts)
