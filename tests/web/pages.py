"""A person without JavaScript: follows links, fills in the forms that a page really holds, and reads what it says."""

import html
import re
from html.parser import HTMLParser


class _Reader(HTMLParser):
    """Text and forms of a page; each form is {"action", "fields": {name: value}, "options": {name: [value]}}."""

    def __init__(self):
        super().__init__()
        self.text, self.forms, self.form, self.area, self.skip = [], [], None, None, 0

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag in ("script", "style", "head"):
            self.skip += 1
        if tag == "form":
            self.form = {"action": given.get("action", ""), "method": given.get("method"), "fields": {}, "options": {}}
            self.forms.append(self.form)
        if self.form is not None and given.get("name"):
            self._field(tag, given)

    def _field(self, tag, given):
        name, value = given["name"], given.get("value") or ""
        if given.get("type") == "radio":
            self.form["options"].setdefault(name, []).append(value)
            if "checked" in given:
                self.form["fields"][name] = value
        elif given.get("type") == "checkbox":
            if "checked" in given:
                self.form["fields"].setdefault(name, []).append(value)
        elif tag == "textarea":
            self.area = name
            self.form["fields"][name] = ""
        elif tag != "button":
            self.form["fields"][name] = value

    def handle_endtag(self, tag):
        if tag in ("script", "style", "head"):
            self.skip -= 1
        if tag == "form":
            self.form = None
        if tag == "textarea":
            self.area = None

    def handle_data(self, data):
        if self.area:
            self.form["fields"][self.area] += data
        if not self.skip:
            self.text.append(data)


class Page:
    """The page that the person looks at: `status`, `text`, `forms`."""

    def __init__(self, client):
        self.client, self.response = client, None

    def open(self, address: str) -> "Page":
        return self._seen(self.client.get(address, follow=True))

    def submit(self, part_of_action: str, **values) -> "Page":
        """Send the form whose address holds `part_of_action`, with what stands in it and `values`."""
        form = self.form(part_of_action)
        return self._seen(self.client.post(form["action"], {**form["fields"], **values}, follow=True))

    def look_up(self, pasted: str) -> "Page":
        return self.open("/escalate/")._seen(self.client.post("/escalate/", {"ticket": pasted}, follow=True))

    def choose(self, scenario: str, **answers) -> "Page":
        return self.submit("/situation/", scenario=scenario, **answers)

    def send(self) -> "Page":
        return self.submit("/send/")

    def form(self, part_of_action: str) -> dict:
        return next(form for form in self.forms if part_of_action in form["action"])

    def has_form(self, part_of_action: str) -> bool:
        return any(part_of_action in form["action"] for form in self.forms)

    @property
    def first(self) -> list[str]:
        """The buttons that stand out: what the page would have its reader do next."""
        filled = re.findall(r'<(button|a) class="[^"]*\bbutton--primary\b[^>]*>(.*?)</\1>', self.html, re.DOTALL)
        return [html.unescape(words) for _, words in filled]

    @property
    def can_send(self) -> bool:
        return self.has_form("/send/") and bool(self.form("/send/")["fields"]["seal"])

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def address(self) -> str:
        return self.response.request["PATH_INFO"]

    def _seen(self, response) -> "Page":
        self.response = response
        reader = _Reader()
        self.html = response.content.decode()
        reader.feed(self.html)
        self.forms = reader.forms
        self.text = re.sub(r"\s+", " ", html.unescape(" ".join(reader.text)))
        return self
