"""People, for administrators. Groups say who may do what; they and their rights are made by the portal, not here."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.forms import CheckboxSelectMultiple

from escalations.rules.permissions import GROUPS, Actor, can_see_admin

from .audited import AuditedAdmin, audited, changed_words
from .choosing import ChoosingFields

admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class PersonAdmin(ChoosingFields, AuditedAdmin, UserAdmin):
    """Rights come from groups alone: nobody is made a superuser, and who may enter here follows from the groups."""

    list_display = ("username", "first_name", "last_name", "email", "groups_in_words", "is_active", "last_login")
    list_filter = ("groups", "is_active")
    readonly_fields = ("last_login", "date_joined", "is_staff")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("What they may do", {"fields": ("is_active", "groups", "is_staff"), "description": "Somebody who leaves is made inactive, not deleted: the record names them."}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )  # fmt: skip

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        return super().formfield_for_manytomany(db_field, request, **{"widget": CheckboxSelectMultiple, **kwargs})

    def has_change_permission(self, request, obj=None) -> bool:
        """An administrator who could set a superuser's password would be one."""
        may = super().has_change_permission(request, obj)
        return may and (request.user.is_superuser or not (obj and obj.is_superuser))

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def user_change_password(self, request, *args, **kwargs):
        with audited(request):
            return super().user_change_password(request, *args, **kwargs)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        person = form.instance
        person.is_staff = person.is_superuser or can_see_admin(_actor(person))
        person.save(update_fields=["is_staff"])

    def record(self, request, action, obj, message=()) -> None:
        request.unit.record(f"people.{action}", obj.get_username(), fields=changed_words(message))

    @admin.display(description="groups")
    def groups_in_words(self, person):
        return ", ".join(group.name for group in person.groups.all())


@admin.register(Group)
class PortalGroupAdmin(GroupAdmin):
    """To look at: `manage.py prepare` makes the groups and their rights."""

    list_display = ("name", "what_it_may", "members")
    fields = readonly_fields = ("name", "what_it_may", "members")
    filter_horizontal = ()

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("user_set")

    @admin.display(description="what it may do")
    def what_it_may(self, group):
        return GROUPS.get(group.name, "Not a group of the portal.")

    @admin.display(description="members")
    def members(self, group):
        return ", ".join(person.get_username() for person in group.user_set.all()) or "nobody"


def _actor(person) -> Actor:
    groups = frozenset(person.groups.values_list("name", flat=True))
    return Actor(person.get_username(), person.get_full_name(), person.email, groups)
