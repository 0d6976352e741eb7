"""Needs you after Send again, in a real browser: what is refused once more stands there without a reload."""

from datetime import UTC, datetime

from playwright.sync_api import expect

from tests.browser.test_taking_back import stuck


def test_what_is_refused_again_stands_there_again_and_the_count_moves(as_person, people, sandbox, work):
    row = stuck(people, 1, state="dead", settled_at=datetime.now(UTC), target="C0ACCTMGMT1")
    other = stuck(people, 2, trouble="late")
    page = as_person("teamlead")
    page.goto("/attention/")
    page.locator(f"#group-{row.pk}").get_by_label("The cause is mended").check()
    page.locator(f"#group-{row.pk}").get_by_role("button", name="Send again").click()
    expect(page.locator("#under-way-title")).to_have_text("1 delivery is on its way")
    expect(page.locator("#needs-you-link")).to_contain_text("Needs you 1")
    typed = page.locator(f"#group-{other.pk}").get_by_label("In your own words")
    typed.fill("They rang")
    sandbox.fault("slack", "400", on="write")
    work()
    expect(page.locator("#under-way-title")).to_have_text("Arrived: 0 of 1")
    expect(page.locator(f"#group-{row.pk}")).to_contain_text("This could not be sent.")
    expect(page.locator("#needs-you-link")).to_contain_text("Needs you 2")
    expect(typed).to_have_value("They rang")
