"""People, organizations, and memberships with their roles."""

import zoneinfo

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from plans.models import Plan
from ui.names import clean_name

from .availability import Availability
from .choices import Role, StaffRole
from .emails import normal_email
from .history import ChangesOnly
from .querysets import (
    InvitationQuerySet,
    MembershipQuerySet,
    OrganizationQuerySet,
    UserQuerySet,
)
from .sent_forms import SentForm  # noqa: F401 -- a model of this app, too long a file for it


class Language(models.TextChoices):
    FA = "fa", _("Persian")
    EN = "en", _("English")


class Theme(models.TextChoices):
    AUTO = "auto", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


def validate_time_zone(value):
    """Refuse what is not an IANA zone of this machine's database."""
    if value not in zoneinfo.available_timezones():
        raise ValidationError(_("There is no time zone with this name."), code="unknown_zone")


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    """People by e-mail address, in its one normal form."""

    use_in_migrations = False

    def create_user(self, email, password=None, **fields):
        """A person who signs in by `email`. Raises ValueError for an empty address."""
        if not email:
            raise ValueError("A person needs an e-mail address")
        user = self.model(email=normal_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        """What `manage.py createsuperuser` makes: an admin of the helpdesk."""
        return self.create_user(email, password, staff_role=StaffRole.ADMIN, **fields)

    def get_by_natural_key(self, email):
        return self.get(email=normal_email(email))


class User(Availability, AbstractBaseUser):
    """A person. Staff have a `staff_role`; everybody else acts through memberships."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    staff_role = models.CharField(
        _("staff role"), max_length=10, choices=StaffRole.choices, blank=True, default=""
    )
    is_active = models.BooleanField(_("active"), default=True)
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.FA
    )
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Asia/Tehran", validators=[validate_time_zone]
    )
    theme = models.CharField(_("theme"), max_length=5, choices=Theme.choices, default=Theme.AUTO)
    # E.164, as typed by the person: nothing has shown yet that it is theirs.
    phone = models.CharField(
        _("mobile number"), max_length=16, blank=True, default="", db_default=""
    )
    # Whether keys press buttons on an agent's pages.
    uses_shortcuts = models.BooleanField(default=True, db_default=True)
    # Whether an agent is led to the next ticket after an answer.
    goes_on_after_reply = models.BooleanField(default=False, db_default=False)
    working_in = models.ForeignKey(
        "Organization",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("working in"),
        help_text=_("Of several organizations, the one whose tickets this person sees first."),
    )
    # Made for an API key of an organization: a program acts as it, and nobody signs in.
    is_service = models.BooleanField(default=False, db_default=False, editable=False)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now)
    # The address that e-mails came back from for good, since when, and the answer of a server. It
    # counts while it is the person's address: a new one is tried again.
    undeliverable_email = models.EmailField(
        _("address that e-mails come back from"), blank=True, default="", db_default=""
    )
    undeliverable_at = models.DateTimeField(null=True, blank=True)
    undeliverable_reason = models.CharField(max_length=300, blank=True, default="", db_default="")

    objects = UserManager()
    history = ChangesOnly(
        excluded_fields=[
            *("password", "last_login", "theme", "working_in"),
            *("is_present", "away_reason", "back_at", "working_hours", "absent_since"),
            *("goes_on_after_reply", "uses_shortcuts", "is_service"),
            *("undeliverable_at", "undeliverable_reason"),
        ]
    )

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name", "pk"]
        indexes = [
            models.Index(
                fields=["name", "id"],
                condition=Q(is_active=True) & ~Q(staff_role=""),
                name="user_agents",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_once",
                violation_error_message=_("There is already a person with this e-mail address."),
            ),
            models.CheckConstraint(
                condition=Q(staff_role__in=["", *StaffRole.values]), name="user_known_staff_role"
            ),
        ]

    def __str__(self):
        return self.name or self.email

    def clean(self):
        super().clean()
        self.email = normal_email(self.email)
        self.name = clean_name(self.name)
        if self.staff_role and self.pk and self.memberships.exists():
            raise ValidationError(_("Staff do not belong to organizations."), code="staff")

    @property
    def is_agent(self):
        """Any of the helpdesk's own people, active: an agent, a supervisor or an admin."""
        return self.is_active and bool(self.staff_role)

    @property
    def is_supervisor(self):
        return self.is_active and self.staff_role in {StaffRole.SUPERVISOR, StaffRole.ADMIN}

    @property
    def is_admin(self):
        return self.is_active and self.staff_role == StaffRole.ADMIN

    @property
    def is_undeliverable(self):
        """Whether e-mails to the person's address came back for good: no more are sent there."""
        return bool(self.undeliverable_email) and self.undeliverable_email == self.email

    # Django's own words: who may enter /admin/, and what they may do there.
    @property
    def is_staff(self):
        return self.is_admin

    @property
    def is_superuser(self):
        return self.is_admin

    def has_perm(self, perm, obj=None):
        return self.is_admin

    def has_perms(self, perm_list, obj=None):
        return self.is_admin

    def has_module_perms(self, app_label):
        return self.is_admin

    def get_full_name(self):
        return self.name

    def get_short_name(self):
        return self.name

    @cached_property
    def membership_by_organization(self):
        """The person's memberships by organization id: one query, then none."""
        if self.staff_role or not self.is_active:
            return {}
        memberships = self.memberships.select_related("organization__plan")
        return {each.organization_id: each for each in memberships}

    @property
    def only_membership(self):
        """The membership of somebody who belongs to one organization; else None."""
        memberships = self.membership_by_organization
        return next(iter(memberships.values())) if len(memberships) == 1 else None

    @property
    def current_membership(self):
        """The membership one works in: the chosen one, else the first; None for staff.

        Free of queries beyond those of `membership_by_organization`, which lives as long as this
        instance, that is, one request.
        """
        memberships = self.membership_by_organization
        chosen = memberships.get(self.working_in_id)
        return chosen or next(iter(memberships.values()), None)


def default_plan_id():
    """The plan of an organization that nobody chose one for: the default one."""
    return Plan.objects.values_list("pk", flat=True).get(is_default=True)


class Organization(models.Model):
    """A customer company; carries exactly one support plan."""

    name = models.CharField(_("name"), max_length=80)
    key = models.CharField(
        _("key"),
        max_length=40,
        unique=True,
        validators=[
            RegexValidator(r"^[a-z0-9][a-z0-9-]*\Z", _("Use small Latin letters, digits and -."))
        ],
        help_text=_("A short name in small Latin letters, digits and -."),
    )
    plan = models.ForeignKey(
        Plan,
        models.PROTECT,
        related_name="organizations",
        default=default_plan_id,
        verbose_name=_("support plan"),
    )
    is_restricted = models.BooleanField(
        _("members see only their own tickets"),
        default=False,
        help_text=_(
            "Plain members see the tickets that they requested or watch; "
            "owners and managers see all."
        ),
    )
    suspended_at = models.DateTimeField(_("suspended"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects = OrganizationQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        ordering = ["name", "pk"]

    def __str__(self):
        return self.name

    def clean(self):
        super().clean()
        self.name = clean_name(self.name)

    @property
    def is_suspended(self):
        return self.suspended_at is not None


class Membership(models.Model):
    """A person in an organization, in one role."""

    user = models.ForeignKey(
        User, models.CASCADE, related_name="memberships", verbose_name=_("person")
    )
    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="memberships", verbose_name=_("organization")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.MEMBER)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now)

    objects = MembershipQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["organization", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organization"],
                name="membership_once",
                violation_error_message=_("This person already belongs to the organization."),
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_known_role"),
        ]

    def __str__(self):
        return f"{self.user} · {self.organization}"

    def clean(self):
        super().clean()
        if self.user_id and self.user.staff_role:
            raise ValidationError(
                {"user": ValidationError(_("Staff do not belong to organizations."), code="staff")}
            )

    @property
    def sees_all(self):
        """Whether the person sees every ticket of the organization."""
        return self.role in {Role.OWNER, Role.MANAGER} or not self.organization.is_restricted


class Invitation(models.Model):
    """A single-use, expiring link that makes the holder of an address a member."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.MEMBER)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(default=timezone.now, db_default=Now())
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["token_hash"])

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        indexes = [models.Index(fields=["email", "sent_at"], name="invitation_of_address")]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "email"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="invitation_one_open",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="invitation_expires_later"
            ),
        ]

    def __str__(self):
        return f"{self.email} → {self.organization}"

    def is_open_at(self, at):
        """Whether its link still makes somebody a member."""
        return self.accepted_at is None and self.revoked_at is None and at < self.expires_at


class CustomPlan(models.Model):
    """Marks a plan as made for one organization; it is shown to no other."""

    plan = models.OneToOneField(Plan, models.CASCADE, related_name="custom", verbose_name=_("plan"))
    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="custom_plans", verbose_name=_("organization")
    )

    class Meta:
        verbose_name = _("custom plan")
        verbose_name_plural = _("custom plans")

    def __str__(self):
        return f"{self.plan} · {self.organization}"
