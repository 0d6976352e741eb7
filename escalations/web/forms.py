"""The form of a correction: what a person fills in, checked, as a row that is not stored yet."""

from datetime import date

from django import forms

from escalations.models import Correction
from escalations.reading.corrections import circle
from escalations.rules.corrections import INSTEAD, UNSAID
from escalations.rules.facts import Person
from escalations.rules.mapping import Mapping
from escalations.rules.salesforce_ids import account_id

from .answer_forms import Line, named_by_address

WHOEVER = "whoever"
LONGEST = 254  # characters of an address, as the tables have it


class CorrectionForm(forms.Form):
    """`account` and `people` are those of a draft, by e-mail; without them both are typed."""

    about = forms.ChoiceField(label="Whom is it about?", widget=forms.RadioSelect, required=False)
    email = forms.EmailField(
        label="Whom is it about?",
        required=False,
        max_length=LONGEST,
        help_text="Their e-mail address. Leave it empty to correct an account, whoever it names.",
    )
    account = forms.CharField(
        label="On which account?",
        required=False,
        max_length=18,
        help_text="Its Salesforce id, 15 or 18 characters. Leave it empty for every account, such as for a holiday.",
    )
    instead = forms.ChoiceField(
        label="Who is told instead?", choices=list(INSTEAD.items()), widget=forms.RadioSelect,
        error_messages={"required": "Choose who is told instead."},
    )  # fmt: skip
    use_email = forms.EmailField(
        label="If somebody else: their e-mail address",
        max_length=LONGEST,
        widget=forms.EmailInput(attrs={"data-chooses": "instead=person"}),
        help_text="Of a colleague: Slack has to know them.",
        error_messages={"required": "Give the e-mail address of who is told instead."},
    )
    role = forms.ChoiceField(label="In which role?", required=False)
    valid_from = forms.DateField(
        label="From",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="The first day. Leave it empty for today. Days begin and end in UTC.",
    )
    valid_until = forms.DateField(
        label="Until",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="The last day, until midnight UTC. Leave it empty if it stays so.",
    )
    reason = Line(label="Why?", max_length=200, error_messages={"required": "Say in a few words why."})
    said_by = Line(label="Who said so?", max_length=120, error_messages={"required": "Name who said so."})

    def __init__(
        self,
        *args,
        mapping: Mapping,
        account: tuple[str, str] = ("", ""),
        people: tuple[tuple[Person, str], ...] = (),
        restricted: bool = False,
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.data = named_by_address(self.data, "use_email", "instead", "person")
        if restricted:
            del self.fields["reason"], self.fields["said_by"]
        self.account_id, self.account_name, self.people = (
            *account,
            {person.email.lower(): person for person, _ in people},
        )
        for field in self.fields.values():
            if isinstance(field, forms.ChoiceField):
                field.error_messages["invalid_choice"] = "Choose one of those that are offered."
        # It may stay empty only once something else was chosen.
        self.fields["use_email"].required = not self.is_bound or self.data.get("instead") == "person"
        self.fields["role"].choices = [("", "every role"), *((role.key, role.name) for role in mapping.roles)]
        if self.account_id:
            del self.fields["email"], self.fields["account"]
            told = [(person.email.lower(), f"{person.name}, {as_what}") for person, as_what in people]
            self.fields["about"].choices = [*told, (WHOEVER, "Nobody in particular: whoever this account names")]
            self.fields["about"].required = True
            self.fields["about"].error_messages["required"] = "Choose whom it is about."
        else:
            del self.fields["about"]

    def clean_account(self) -> str:
        given = self.cleaned_data["account"].strip()
        try:
            return account_id(given) if given else ""
        except ValueError as problem:
            raise forms.ValidationError(f"That is no Salesforce id: {problem}.") from None

    def clean_valid_until(self) -> date | None:
        until = self.cleaned_data["valid_until"]
        if until and until < self.today:
            raise forms.ValidationError("This day is over: the correction would never count.")
        return until

    def clean(self) -> dict:
        given = super().clean()
        begins, ends = given.get("valid_from"), given.get("valid_until")
        if begins and ends and ends < begins:
            self.add_error("valid_until", "It would end before it begins.")
        about = given.get("about") or ""
        email = (given.get("email") or "").lower() if not self.account_id else "" if about == WHOEVER else about
        account = self.account_id or given.get("account") or ""
        if not email and not account and not self.errors:
            self.add_error("email", "Name a person, an account, or both.")
        if given.get("instead") == "next_step" and not email and not self.errors:
            self.add_error("instead", "Say first whom the portal is to pass over.")
        if given.get("instead") in ("next_step", "nobody") and given.get("use_email"):
            self.add_error("instead", f"You named {given['use_email']} below. Choose “{INSTEAD['person']}”, or empty the line.")
        return {**given, "email": email, "account": account}

    @property
    def today(self) -> date:
        return self.initial["today"]

    def row(self) -> Correction:
        """What was filled in; `use_name` and the name of somebody typed are still to be looked up."""
        given = self.cleaned_data
        named = self.people.get(given["email"])
        return Correction(
            account_id=given["account"], account_name=self.account_name if given["account"] else "", role_key=given["role"],
            email=given["email"], name=named.name if named else "", instead=given["instead"],
            use_email=given["use_email"].lower() if given["instead"] == "person" else "", valid_from=given["valid_from"] or self.today,
            valid_until=given["valid_until"], reason=given.get("reason", UNSAID), said_by=given.get("said_by", UNSAID),
        )  # fmt: skip

    def closes_a_circle(self, row: Correction) -> bool:
        names = circle(row, self.today)
        if names:
            self.add_error("use_email", f"That would lead in a circle: {names}.")
        return bool(names)
