"""The forms with which answers are recorded. Of a US Government ticket nothing is typed: what could be is left out."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.html import format_html

from escalations.rules.escaping import one_line
from escalations.rules.facts import Person
from escalations.rules.follow_up import DISPOSITIONS, NOT_MINE_REASONS

from .reasons import OTHER

SOMEBODY, UNKNOWN = "somebody", "unknown"


def no_words(_: str) -> str:
    return ""


def _with(label: str, follows: str):
    return format_html('<span>{}<br><span class="muted small">{}</span></span>', label, follows) if follows else label


class Line(forms.CharField):
    """Typed words as one printable line; what consists of invisible characters only is empty. `needed`: with which choice it is."""

    def __init__(self, *args, needed: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        self.needed = needed

    def to_python(self, value) -> str:
        return one_line(super().to_python(value), self.max_length or 300)


def named_by_address(data, field: str, choice: str, somebody: str, *, nobody: tuple[str, ...] = ()):
    """What was posted; who is named in `field` is the choice, where none was made or one of `nobody`."""
    if not one_line(data.get(field, ""), 300) or data.get(choice, "") not in ("", *nobody):
        return data
    named = data.copy()
    named[choice] = somebody
    return named


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

    @property
    def typed(self) -> list:
        """The lines that somebody wrote, as (field, what they wrote): not what the form had in them by itself."""
        lines = [(field, field.field.to_python(field.value())) for field in self if isinstance(field.field, Line)]
        return [(field, words) for field, words in lines if words and words != field.initial]


class HaveItForm(ToldForm):
    words = Line(label="What they said with it, in one line", max_length=180, required=False)
    TYPED = ("said_by", "words")

    def __init__(self, *args, author: str = "", themselves: bool = False, **kwargs):
        """`author`: who reads what they say themselves."""
        super().__init__(*args, themselves=themselves, **kwargs)
        if themselves and "words" in self.fields:
            self.fields["words"].label = f"One line for {author}"


class CloseForm(ToldForm):
    disposition = choices("How did it end?", DISPOSITIONS.items(), "Choose how it ended.")
    handed_to = Line(label="If handed over: to whom?", max_length=120, required=False, needed="needed with Handed over")
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
    words = Line(label="In your own words", max_length=180, required=False, needed="needed with Another reason")
    right = choices("Who is right?", (), "Say who is right, or that you do not know.")
    right_who = Line(
        label="Somebody else: their e-mail address (nobody is found by a name alone)", max_length=254, required=False,
        needed="needed with Somebody else",
        widget=forms.TextInput(attrs={"data-chooses": f"right={SOMEBODY}"}),
    )  # fmt: skip
    TYPED = ("said_by", "words")
    field_order = ("reason", "words", "right", "right_who", "said_by")

    def __init__(self, *args, people: tuple[tuple[Person, str], ...], restricted: bool, follows=no_words, **kwargs):
        """`follows` says for a reason what it means for who was told, as a sentence."""
        super().__init__(*args, restricted=restricted, **kwargs)
        self.data = named_by_address(self.data, "right_who", "right", SOMEBODY, nobody=(UNKNOWN,))
        self.people, self.restricted = {person.email.lower(): person for person, _ in people if person.email}, restricted
        named = [(person.email.lower(), f"{person.name}, {part}") for person, part in people if person.email]
        self.fields["right"].choices = [(UNKNOWN, "I do not know"), *named, (SOMEBODY, "Somebody else, named here:")]
        other = [] if restricted else [(OTHER, "Another reason")]
        reasons = [*((reason, reason) for reason in NOT_MINE_REASONS), *other]
        self.fields["reason"].choices = [(value, _with(label, follows(label))) for value, label in reasons]
        if restricted:
            self.fields["right_who"].label = "Somebody else: their e-mail address"

    def clean(self) -> dict:
        given = super().clean()
        if given.get("reason") == OTHER and not given.get("words") and "words" not in self.errors:
            self.add_error("words", "Say in your own words why.")
        chosen, typed = given.get("right"), given.get("right_who") or ""
        if chosen == SOMEBODY:
            self._check_typed(typed)
        elif chosen in self.people and typed and typed.casefold() not in (chosen, self.people[chosen].name.casefold()):
            self.add_error("right", f"You chose {self.people[chosen].name} and named {typed} below. Choose who it is, or empty the line.")
        return given

    def _check_typed(self, who: str) -> None:
        if not who:
            if "right_who" not in self.errors:
                self.add_error("right_who", "Name them, or choose “I do not know”.")
            return
        if not self.restricted and self._called(who):
            return
        try:
            validate_email(who)
        except ValidationError:
            self.add_error("right_who", "That is no e-mail address. Write theirs, or empty the line and choose “I do not know”.")

    def _called(self, name: str) -> Person | None:
        """The one of those offered who has this name."""
        same = [person for person in self.people.values() if person.name.casefold() == name.casefold()]
        return same[0] if len(same) == 1 else None

    @property
    def because(self) -> str:
        chosen, words = self.cleaned_data["reason"], self.cleaned_data.get("words", "")
        return words if chosen == OTHER else f"{chosen}: {words}" if words else chosen

    @property
    def right_person(self) -> Person | None:
        """Whom they named: of those offered, or by an address that is not yet asked for in Slack."""
        chosen = self.cleaned_data["right"]
        if chosen == UNKNOWN:
            return None
        if chosen != SOMEBODY:
            return self.people[chosen]
        who = self.cleaned_data["right_who"]
        return self._called(who) or self.people.get(who.lower()) or Person("", who)
