"""The ways out, each with a breaker of its own. Two Zendesk instances are two: other hosts, other credentials.

A lane's key is its system, with the instance for Zendesk: slack, email, zendesk-main.
"""

from functools import reduce
from operator import or_

from django.conf import settings
from django.db.models import Case, CharField, F, Q, Value, When

from .delivery import SERVICES, Delivery


def lanes() -> dict[str, str]:
    """Key and name of each lane that is worked in."""
    instances = settings.ZENDESK_INSTANCES.items()
    zendesk = {f"zendesk-{name}": "Zendesk, US Government" if own["restricted"] else "Zendesk" for name, own in instances}
    return {**zendesk, **{key: name for key, name in SERVICES.items() if key != "zendesk"}}


def lane_of(delivery: Delivery) -> str:
    return f"zendesk-{_instance(delivery)}" if delivery.system == "zendesk" else delivery.system


def in_lane(key: str, prefix: str = "") -> Q:
    """Deliveries of the lane; `prefix` leads to them from other rows. A system without an instance means all of it."""
    system, _, instance = key.partition("-")
    found = Q(**{f"{prefix}system": system})
    return found & Q(**{f"{prefix}target__startswith": f"{instance}:"}) if instance else found


def in_no_lane() -> Q:
    """Deliveries to a Zendesk instance that is not in the settings any more: nobody sends them, or looks for them."""
    ways = [in_lane(key) for key in lanes() if key.startswith("zendesk-")]
    return Q(system="zendesk") & ~reduce(or_, ways, Q(pk__in=[]))


def lane_key(prefix: str = "") -> Case:
    """The lane in a query; the bare system where there is none: its Zendesk instance is not in the settings any more. `prefix` as in `in_lane`."""
    whens = [When(in_lane(key, prefix), then=Value(key)) for key in lanes()]
    return Case(*whens, default=F(f"{prefix}system"), output_field=CharField())


def _instance(delivery: Delivery) -> str:
    return delivery.target.partition(":")[0]
