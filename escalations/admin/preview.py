"""What a row will say, with sample values, so that an editor sees the message before publishing it."""

from django.utils.html import format_html, format_html_join

from escalations.models import Template
from escalations.rules import mapping as rules
from escalations.rules.facts import TicketFacts
from escalations.rules.messages import original_parts, parts, plain_text
from escalations.rules.templates import VARIABLES, TemplateProblem, render

SAMPLE_TICKET = TicketFacts(
    "main",
    1001,
    priority="urgent",
    state="open",
    form="Self-Managed",
    url="https://example.zendesk.com/agent/tickets/1001",
)


def scenario_preview(row) -> str:
    """The whole message as text, or what is wrong with it in words; `row` may be unsaved."""
    if not row.situation:
        return format_html(
            '<p class="help">{}</p>', "Write the situation; the message is shown here after the next save."
        )
    shared = tuple(rules.Template(template.key, template.body) for template in Template.objects.all())
    mapping = rules.Mapping(templates=shared)
    scenario = rules.Scenario(row.key, "", row.title, row.tone or "aware", row.situation, row.ask)
    try:
        texts = original_parts(mapping, scenario, VARIABLES)
        made = parts(mapping, scenario, VARIABLES, texts, SAMPLE_TICKET, None, "Ana Lima, Support")
        return _shown(plain_text(made))
    except TemplateProblem as problem:
        return _wrong(problem)


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
        elif name == "ask_by":
            yield name, value


def _shown(text: str) -> str:
    return format_html('<pre class="preview">{}</pre>', text)


def _wrong(problem: TemplateProblem) -> str:
    return format_html('<p class="errornote">This cannot be sent: {}</p>', problem)
