"""Lists of texts as people write them: one entry a line."""

from django import forms
from django.core.exceptions import ValidationError

from escalations.rules.mapping import PLACE_KINDS

MOST = 200


class LinesField(forms.CharField):
    """A list of texts: one a line, none twice, at most 200 characters each. Blank lines do not count."""

    def __init__(self, **options):
        options.setdefault("widget", forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField lines"}))
        super().__init__(**{"required": False, **options})

    def prepare_value(self, value):
        return "\n".join(str(entry) for entry in value) if isinstance(value, (list, tuple)) else value

    def to_python(self, value) -> list[str]:
        lines = [(at, " ".join(line.split())) for at, line in enumerate((value or "").splitlines(), 1)]
        lines = [(at, line) for at, line in lines if line]
        first: dict[str, int] = {}
        for at, line in lines:
            if len(line) > MOST:
                raise ValidationError(f"Line {at} is too long: at most {MOST} characters in one entry.")
            if line in first:
                raise ValidationError(f"“{line}” is there twice, in lines {first[line]} and {at}. Remove one.")
            first[line] = at
            self.check_line(at, line)
        return [line for _, line in lines]

    def check_line(self, at: int, line: str) -> None:
        """Raise ValidationError unless the entry may be in the list."""

    def has_changed(self, initial, data) -> bool:
        try:
            return self.to_python(data) != list(initial or [])
        except ValidationError:
            return True


class PlacesField(LinesField):
    """Places of a Slack leg, in the order in which they are tried."""

    def __init__(self, **options):
        known = "; ".join(f"{key} = {words}" for key, words in PLACE_KINDS.items())
        options["help_text"] = f"One a line, the first that can be used is taken. {known}. Zendesk legs have none."
        super().__init__(**options)

    def check_line(self, at: int, line: str) -> None:
        if line not in PLACE_KINDS:
            raise ValidationError(f"Line {at}: “{line}” is no place. Use {', '.join(PLACE_KINDS)}.")
