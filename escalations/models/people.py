"""A person of the portal as messages, records and pages name them."""


def name_of(user) -> str:
    """The full name; the user name of who has none."""
    return user.get_full_name() or user.get_username()
