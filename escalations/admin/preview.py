"""What a row will say, over an example ticket, so that an editor sees the message before publishing it."""

from dataclasses import replace

from django.utils import timezone
from django.utils.html import format_html, format_html_join

from escalations.models.working_copy import working_copy
from escalations.rules import mapping as rules
from escalations.rules.examples import examples
from escalations.rules.templates import VARIABLES, TemplateProblem, render


def scenario_preview(row) -> str:
    """The row's messages, in the words of `row`, which may be unsaved; where they go is as saved."""
    if not (row.situation and row.role_id):
        return format_html('<p class="help">{}</p>', "Write the situation, then press Preview: nothing is saved by it.")
    mapping = working_copy()
    saved = mapping.scenario(row.key) or rules.Scenario(row.key, row.role.key, "", "", "")
    typed = {name: getattr(row, name) for name in ("title", "situation", "ask")}
    scenario = replace(saved, tone=row.tone or "aware", answer_days=row.answer_days or 0, **typed)
    found = examples(mapping, scenario, timezone.now())
    parts = format_html_join(
        "", '<p class="what">{}</p><pre class="preview">{}</pre>', ((x.where, x.text) for x in found)
    )
    return format_html('<div class="messages-shown">{}</div>', parts)


def template_preview(row) -> str:
    try:
        return _shown(render(row.body, VARIABLES)) if row.body else "Shown after the next save."
    except TemplateProblem as problem:
        return _wrong(problem)


def variables_help() -> str:
    """Every variable a text may use, each with a sample value."""
    return format_html(
        '<details class="variables"><summary>Words you can use in these texts</summary><table><thead><tr>'
        "<th>Write</th><th>Reads, for example</th></tr></thead><tbody>{}</tbody></table></details>",
        format_html_join("", "<tr><td><code>{{{{ {} }}}}</code></td><td>{}</td></tr>", _variables()),
    )


def _variables():
    for name, value in VARIABLES.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{part}", sample) for part, sample in value.items())
        else:
            yield name, value


def _shown(text: str) -> str:
    return format_html('<pre class="preview">{}</pre>', text)


def _wrong(problem: TemplateProblem) -> str:
    return format_html('<p class="errornote">This cannot be sent: {}</p>', problem)
