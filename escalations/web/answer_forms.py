"""The forms with which answers are recorded. Of a US Government ticket nothing is typed: what could be is left out."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from escalations.rules.escaping import one_line
from escalations.rules.facts import Person
from escalations.rules.follow_up import DISPOSITIONS, NOT_MINE_REASONS

from .reasons import OTHER

SOMEBODY, UNKNOWN = "somebody", "unknown"


class Line(forms.CharField):
    """Typed words as one printable line; what consists of invisible characters only is empty."""

    def to_python(self, value) -> str:
        return one_line(super().to_python(value), self.max_length or 300)


def choices(label: str, options, missing: str) -> forms.ChoiceField:
    wrong = {"required": missing, "invalid_choice": "Choose one of those that are offered."}
    return forms.ChoiceField(label=label, choices=list(options), widget=forms.RadioSelect, error_messages=wrong)


class ToldForm(forms.Form):
    """Something that somebody said to who records it. `restricted` leaves out every typed field."""

    said_by = Line(label="Who said so?", max_length=120, error_messages={"required": "Name who said so."})
    TYPED = ("said_by",)

    def __init__(self, *args, restricted: bool, themselves: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        for name in (*(self.TYPED if restricted else ()), *(("said_by",) if themselves else ())):
            self.fields.pop(name, None)


class CloseForm(ToldForm):
    disposition = choices("How did it end?", DISPOSITIONS.items(), "Choose how it ended.")
    handed_to = Line(label="If handed over: to whom?", max_length=120, required=False)
    TYPED = ("said_by", "handed_to")
    field_order = ("disposition", "handed_to", "said_by")

    def clean(self) -> dict:
        given = super().clean()
        if given.get("disposition") == "handed_over" and "handed_to" in self.fields and not given.get("handed_to"):
            self.add_error("handed_to", "Name who looks after it now.")
        return given


class NotMineForm(ToldForm):
    """`people`: who could be asked instead, as the facts name them, each with their part."""

    reason = choices("Why?", (), "Choose why.")
    words = Line(label="In your own words", max_length=180, required=False)
    right = choices("Who is right?", (), "Say who is right, or that you do not know.")
    right_who = Line(label="Somebody else: their e-mail address (nobody is found by a name alone)", max_length=254, required=False)
    TYPED = ("said_by", "words")
    field_order = ("reason", "words", "right", "right_who", "said_by")

    def __init__(self, *args, people: tuple[tuple[Person, str], ...], restricted: bool, **kwargs):
        super().__init__(*args, restricted=restricted, **kwargs)
        self.people, self.restricted = {person.email.lower(): person for person, _ in people if person.email}, restricted
        named = [(person.email.lower(), f"{person.name}, {part}") for person, part in people if person.email]
        self.fields["right"].choices = [(UNKNOWN, "I do not know"), *named, (SOMEBODY, "Somebody else, named here:")]
        other = [] if restricted else [(OTHER, "Another reason")]
        self.fields["reason"].choices = [*((reason, reason) for reason in NOT_MINE_REASONS), *other]
        if restricted:
            self.fields["right_who"].label = "Somebody else: their e-mail address"

    def clean(self) -> dict:
        given = super().clean()
        if given.get("reason") == OTHER and not given.get("words") and "words" not in self.errors:
            self.add_error("words", "Say in your own words why.")
        if given.get("right") == SOMEBODY:
            self._check_typed(given.get("right_who") or "")
        return given

    def _check_typed(self, who: str) -> None:
        if not who:
            if "right_who" not in self.errors:
                self.add_error("right_who", "Name them, or choose “I do not know”.")
            return
        if "@" in who or self.restricted:
            try:
                validate_email(who)
            except ValidationError:
                self.add_error("right_who", "That is no e-mail address.")

    @property
    def because(self) -> str:
        chosen, words = self.cleaned_data["reason"], self.cleaned_data.get("words", "")
        return words if chosen == OTHER else f"{chosen}: {words}" if words else chosen

    @property
    def right_person(self) -> Person | None:
        """Whom they named: of those offered, by address or by name; not yet asked for in Slack."""
        chosen = self.cleaned_data["right"]
        if chosen == UNKNOWN:
            return None
        if chosen != SOMEBODY:
            return self.people[chosen]
        who = self.cleaned_data["right_who"]
        if "@" in who:
            return self.people.get(who.lower(), Person("", who))
        same = [person for person in self.people.values() if person.name.casefold() == who.casefold()]
        return same[0] if len(same) == 1 else Person(who)
