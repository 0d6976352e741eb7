from django.conf import settings
from django.contrib.auth.views import LogoutView
from django.urls import path, register_converter

from escalations.reading.lines import TRIPS

from . import (
    accounts,
    answers,
    attention,
    cc,
    corrections,
    escalations,
    follow_up,
    health,
    mapping,
    names,
    not_twice,
    people,
    reports,
    several,
    state,
    undoing,
    wizard,
    words,
)


class TripConverter:
    regex = "|".join(TRIPS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class ReferenceConverter:
    """ESC-118, as it stands in messages: the number."""

    regex = "ESC-[0-9]{1,15}"

    def to_python(self, value: str) -> int:
        return int(value.removeprefix("ESC-"))

    def to_url(self, value: int) -> str:
        return f"ESC-{value}"


register_converter(TripConverter, "trip")
register_converter(ReferenceConverter, "reference")

urlpatterns = [
    path("", escalations.home, name="home"),
    path("escalate/", wizard.escalate, name="escalate"),
    path("drafts/<uuid:draft_id>/", wizard.draft, name="draft"),
    path("drafts/<uuid:draft_id>/account/", accounts.choose, name="draft-account"),
    path("drafts/<uuid:draft_id>/cc/", cc.change, name="draft-cc"),
    path("drafts/<uuid:draft_id>/person/", names.choose, name="draft-person"),
    path("drafts/<uuid:draft_id>/thread/", not_twice.join_thread, name="draft-thread"),
    path("drafts/<uuid:draft_id>/ahead/", several.ahead, name="draft-ahead"),
    path("drafts/<uuid:draft_id>/look-up/<trip:trip>/", wizard.look_up, name="draft-look-up"),
    path("drafts/<uuid:draft_id>/go-on/<trip:trip>/", wizard.go_on, name="draft-go-on"),
    path("drafts/<uuid:draft_id>/situation/", wizard.situation, name="draft-situation"),
    path("drafts/<uuid:draft_id>/direct-message/", wizard.direct_message, name="draft-direct-message"),
    path("drafts/<uuid:draft_id>/join/", wizard.join, name="draft-join"),
    path("drafts/<uuid:draft_id>/words/", words.words, name="draft-words"),
    path("drafts/<uuid:draft_id>/send/", wizard.send, name="draft-send"),
    path("drafts/<uuid:draft_id>/do-not-escalate/", wizard.do_not_escalate, name="draft-do-not-escalate"),
    path("drafts/<uuid:draft_id>/remark/", wizard.remark, name="draft-remark"),
    path("drafts/<uuid:draft_id>/discard/", wizard.discard, name="draft-discard"),
    path("drafts/<uuid:draft_id>/reopen/", wizard.reopen, name="draft-reopen"),
    path("drafts/<uuid:draft_id>/take-over/", wizard.take_over, name="draft-take-over"),
    path("escalations/<int:number>/", escalations.escalation, name="escalation"),
    path("escalations/<int:number>/deliveries/", escalations.deliveries, name="escalation-deliveries"),
    path("escalations/<int:number>/undo/", undoing.undo, name="escalation-undo"),
    path("escalations/<int:number>/send-now/", undoing.send_now, name="escalation-send-now"),
    path("escalations/<int:number>/withdraw/", undoing.withdraw, name="escalation-withdraw"),
    path("escalations/<int:number>/acknowledged/", follow_up.acknowledged, name="escalation-acknowledged"),
    path("escalations/<int:number>/not-mine/", follow_up.not_mine, name="escalation-not-mine"),
    path("escalations/<int:number>/close/", follow_up.close, name="escalation-close"),
    path("a/<reference:reference>", answers.answer, name="answer"),
    path("a/<reference:reference>/acknowledged/", answers.acknowledged, name="answer-acknowledged"),
    path("a/<reference:reference>/not-mine/", answers.not_mine, name="answer-not-mine"),
    path("attention/", attention.attention, name="attention"),
    path("attention/settle/", attention.settle, name="attention-settle"),
    path("attention/<int:waiting_id>/look/", attention.look_again, name="delivery-look"),
    path("attention/<int:waiting_id>/elsewhere/", attention.send_elsewhere, name="delivery-elsewhere"),
    path("history/", escalations.history_page, name="history"),
    path("history/escalations.csv", escalations.history_csv, name="history-csv"),
    path("corrections/", corrections.corrections_page, name="corrections"),
    path("corrections/new/", corrections.new, name="correction-new"),
    path("corrections/<int:number>/end/", corrections.end, name="correction-end"),
    path("mapping/", mapping.mapping_page, name="mapping"),
    path("reports/", reports.reports_page, name="reports"),
    path("reports/escalations-by-week.csv", reports.reports_csv, name="reports-csv"),
    path("sign-in/", people.sign_in, name="sign-in"),
    path("sign-out/", LogoutView.as_view(redirect_field_name=None), name="sign-out"),  # nobody chooses where it leads
    path("status/", state.status, name="status"),
    path("status/<str:lane>/open/", state.open_lane, name="lane-open"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
if settings.SANDBOX:
    urlpatterns.append(path("sign-in/as/", people.sign_in_as, name="sign-in-as"))
