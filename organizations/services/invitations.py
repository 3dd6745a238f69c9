"""Invitations: a link by mail makes the holder of the address a member, once and for a while."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext as _

from organizations import credentials, permissions
from organizations.emails import normal_email
from organizations.errors import OrganizationError
from organizations.models import Invitation, Membership, SentForm, User
from plans.transactions import in_transaction
from ui.names import clean_name
from ui.wording import digits

from . import base, sending

LIFE = timedelta(days=7)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Mails that one organization sends to one address in a day, and organizations that may.
MOST_TO_ONE_ADDRESS = 5


@in_transaction
def invite(organization, *, email, role, actor, now, form_key=None):
    """Invite the holder of an address, known here or not: the answer is the same.

    An invitation that expired is renewed. Raises OrganizationError for who belongs already or is
    invited already, and over the limit of an hour; the same form sent twice is no such case.
    """
    content = {"organization": organization.pk, "email": normal_email(email), "role": role}
    if sent := sending.first_result(actor, form_key, SentForm.Act.INVITE, content):
        return Invitation.objects.get(pk=sent)
    organization = base.locked(organization)
    base.check_actor(actor, organization, permissions.may_invite, role=role)
    base.check_writes(organization, actor)
    email = normal_email(email)
    if Membership.objects.of(organization).filter(user__email=email).exists():
        raise OrganizationError(
            _("This person already belongs to the organization."), code="already_member"
        )
    invitation = Invitation.objects.of(organization).unsettled().filter(email=email).first()
    if invitation and invitation.is_open_at(now):
        raise OrganizationError(
            _("This address has already been invited. You can resend the invitation below."),
            code="already_invited",
        )
    invitation = invitation or Invitation(organization=organization, email=email, created_at=now)
    invitation.role = role
    _send(invitation, actor=actor, now=now)
    sending.record_sent(actor, form_key, SentForm.Act.INVITE, content, result=invitation, now=now)
    return invitation


@in_transaction
def resend(invitation, *, actor, now, form_key=None):
    """Send a new link, in the actor's name; the old one is dead from then on.

    The same form sent twice sends one link.
    """
    content = {"invitation": invitation.pk}
    if sending.first_result(actor, form_key, SentForm.Act.RESEND, content):
        return invitation
    invitation = _locked(invitation)
    _check_may_act(invitation, actor)
    _check_unsettled(invitation)
    _send(invitation, actor=actor, now=now)
    sending.record_sent(actor, form_key, SentForm.Act.RESEND, content, result=invitation, now=now)
    return invitation


@in_transaction
def revoke(invitation, *, actor, now):
    """End an invitation: its link leads nowhere any more. Whoever revoked it may press twice."""
    invitation = _locked(invitation)
    _check_may_act(invitation, actor)
    if invitation.revoked_at and invitation.history.latest().history_user_id == actor.pk:
        return invitation
    _check_unsettled(invitation)
    return _revoke(invitation, actor=actor, now=now)


def revoke_invitations_of(user, organization, *, membership, actor, now):
    """Revoke what a person invited to and could not any more, being what `membership` says."""
    sent = Invitation.objects.of(organization).unsettled().filter(invited_by=user)
    for invitation in sent.select_for_update():
        if not permissions.may_invite(membership, role=invitation.role):
            _revoke(invitation, actor=actor, now=now)


def use_up_invitation(organization, user, *, actor, now):
    """Settle the invitation of somebody who became a member in another way."""
    sent = Invitation.objects.of(organization).unsettled().filter(email=user.email)
    for invitation in sent.select_for_update():
        _use_up(invitation, actor=actor, now=now)


def invitation_of(token, *, at):
    """The invitation whose link is alive at `at`, or None."""
    found = Invitation.objects.select_related("organization", "invited_by")
    invitation = found.filter(token_hash=_hash(token)).first()
    return invitation if invitation and invitation.is_open_at(at) else None


def has_accepted(token, user=None):
    """The organization that the person joined by this very link, and still belongs to; or None.
    Without a person: that whoever it was sent to did so."""
    used = Invitation.objects.filter(token_hash=_hash(token), accepted_at__isnull=False)
    used = used.filter(organization__memberships__user__email=F("email"))
    if user is not None:
        used = used.filter(email=user.email)
    invitation = used.select_related("organization").first()
    return invitation and invitation.organization


@in_transaction
def accept(invitation, user, *, now):
    """Make the holder of the invited address a member, in the role that they were invited to."""
    # The person before the organization, as whoever writes a ticket locks them.
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    return _join(_locked(invitation), user, now=now)


@in_transaction
def accept_as_new(invitation, *, name, password, language, now):
    """Make an account for the holder of the invited address, and a member; gives the person.

    That the link reached them proves the address. Raises OrganizationError with the code
    `email_taken` when an account came about meanwhile.
    """
    invitation = _locked(invitation)
    if User.objects.filter(email=invitation.email).exists():
        raise OrganizationError(
            _("There is already a person with this e-mail address."), code="email_taken"
        )
    user = User(email=invitation.email, name=clean_name(name), language=language, joined_at=now)
    user.set_password(password)
    base.save(user, actor=None, now=now)
    credentials.confirm_address(user)
    _join(invitation, user, now=now)
    return user


def _join(invitation, user, *, now):
    organization = invitation.organization
    if not invitation.is_open_at(now):
        raise OrganizationError(_("This link is no longer valid."), code="dead")
    if user.email != invitation.email:
        raise OrganizationError(_("This invitation is for another address."), code="wrong_account")
    base.refuse_staff(user)
    base.check_writes(organization, user)
    membership = Membership.objects.of(organization).filter(user=user).first()
    if membership is None:
        membership = Membership(
            user=user, organization=organization, role=invitation.role, joined_at=now
        )
        base.save(membership, actor=user, now=now)
    _use_up(invitation, actor=user, now=now)
    user.working_in = organization
    user.save(update_fields=["working_in"])
    return membership


def _locked(invitation):
    """The invitation as it is now, its organization locked first."""
    organization = base.locked(invitation.organization)
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    invitation.organization = organization
    return invitation


def _send(invitation, *, actor, now):
    """A new link, a new term, a line of history and the mail. Only its hash is kept."""
    _check_room(invitation, actor, now)
    token = secrets.token_urlsafe(32)
    invitation.token_hash, invitation.invited_by = _hash(token), actor
    invitation.sent_at, invitation.expires_at = now, now + LIFE
    base.save(invitation, actor=actor, now=now)
    if not _is_pestered(invitation.email, now):
        credentials.send_invitation(invitation, token, days=LIFE.days)
    return invitation


def _revoke(invitation, *, actor, now):
    invitation.revoked_at = now
    base.save(invitation, actor=actor, now=now, fields=["revoked_at"])
    return invitation


def _use_up(invitation, *, actor, now):
    invitation.accepted_at = now
    base.save(invitation, actor=actor, now=now, fields=["accepted_at"])


def _check_may_act(invitation, actor):
    base.check_actor(actor, invitation.organization, permissions.may_invite, role=invitation.role)
    base.check_writes(invitation.organization, actor)


def _check_unsettled(invitation):
    if invitation.accepted_at or invitation.revoked_at:
        raise OrganizationError(
            _("This invitation has been used or revoked in the meantime."), code="settled"
        )


def _check_room(invitation, actor, now):
    """At most so many mails an hour of a person and of an organization, and a day to an address."""
    most = settings.INVITATIONS_PER_HOUR
    sent = Invitation.history.filter(sent_at=F("history_date"))
    here = sent.filter(organization=invitation.organization)
    lately = {"sent_at__gt": now - HOUR}
    if (
        max(here.filter(**lately).count(), sent.filter(history_user=actor, **lately).count())
        >= most
    ):
        raise OrganizationError(
            _("At most %(count)s invitations can be sent per hour. Try again later.")
            % {"count": digits(most)},
            code="too_many",
        )
    today = here.filter(email=invitation.email, sent_at__gt=now - DAY)
    if today.count() >= MOST_TO_ONE_ADDRESS:
        raise OrganizationError(
            _("Too many e-mails have been sent to this address today. Try again tomorrow."),
            code="too_many",
        )


def _is_pestered(email, now):
    """Whether so many organizations invited an address in a day that no more reaches it.

    The person who invites does not learn it, as that would reveal other organizations' invitations.
    """
    lately = Invitation.objects.filter(email=email).sent_after(now - DAY)
    return lately.count() > MOST_TO_ONE_ADDRESS


def _hash(token):
    return hashlib.sha256(token.encode()).hexdigest()
