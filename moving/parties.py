"""Who of another system is who here: people by address, organizations by name. Reads only."""

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from organizations.emails import normal_email
from organizations.models import Membership, Organization, User
from tickets.search.folding import name_key
from ui.names import clean_name

from .models import SourceId, SourceKind
from .records import OrganizationRecord, PersonRecord

CHUNK = 1000
LONGEST_ADDRESS = 254
# Nobody has an address there (RFC 2606): nothing is ever sent to it.
NOWHERE = "import.invalid"
CUSTOMER_ROLES = {"owner", "manager", "member"}


@dataclass(eq=False)
class Person:
    """Somebody there, and the account that they have or get here."""

    external_id: str
    email: str
    name: str
    organization: str
    role: str
    user: User | None = None
    is_used: bool = False

    @property
    def is_reachable(self):
        return not self.email.endswith(f"@{NOWHERE}")

    @property
    def is_staff(self):
        """Whether they are support's here: who has an account is what that says."""
        return bool(self.user.staff_role) if self.user else self.role == "agent"


@dataclass(eq=False)
class Company:
    """An organization there, and the one that it is or becomes here."""

    external_id: str
    name: str
    organization: Organization | None = None
    is_ambiguous: bool = False
    is_made_here: bool = False


class People:
    """The people of a source. Of several with one address there is one here."""

    def __init__(self, source, records):
        self.source, self.by_id, self.by_email = source, {}, {}
        self.shared = 0
        for record in records:
            self._add(record)
        self.match()

    def _add(self, record):
        email = _valid(record.email) or self._nowhere(record.id)
        person = self.by_email.get(email)
        if person is None:
            name = clean_name(record.name) or email.partition("@")[0]
            person = Person(record.id, email, name, record.organization, record.role)
            self.by_email[email] = person
        else:
            self.shared += 1
            person.organization = person.organization or record.organization
            # Who is support under one of their names is support.
            person.role = "agent" if "agent" in {person.role, record.role} else person.role
        self.by_id.setdefault(record.id, person)
        return person

    def _nowhere(self, key):
        slug = re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")[:40]
        return f"{self.source.name}-{slug or 'nobody'}@{NOWHERE}"

    def match(self):
        """Find the accounts: by where they came from, then by address, which may have changed."""
        known = _known(self.source, SourceKind.PERSON)
        ids = {target: key for key, target in known.items()}
        for user in _in_chunks(User, "pk", ids):
            if person := self.by_id.get(ids[user.pk]):
                person.user = user
        for user in _in_chunks(User, "email", self.by_email):
            person = self.by_email[user.email]
            person.user = person.user or user
        self.made = {key for key, person in self.by_id.items() if key in known and person.user}

    def find(self, reference, role="member"):
        """Who is meant by an id, or by an address that no record has; None for neither."""
        if not reference:
            return None
        if found := self.by_id.get(reference):
            return found
        email = _valid(reference)
        if not email:
            return None
        if email not in self.by_email:
            record = PersonRecord(email, email, "", role=role)
            person = self._add(record)
            person.user = User.objects.filter(email=email).first()
        return self.by_email[email]

    def stand_in(self, label):
        """Who writes for staff of which nothing is known: an account in which nobody signs in."""
        email = f"{self.source.name}@{NOWHERE}"
        if email not in self.by_email:
            person = self._add(PersonRecord(email, email, label, role="agent"))
            person.user = User.objects.filter(email=email).first()
        return self.by_email[email]

    def to_make(self):
        """Those who get an account: who is named by a ticket, and customers of an organization."""
        return [
            person
            for person in self.by_email.values()
            if person.user is None
            and (
                person.is_used
                or (person.organization and person.is_reachable and not person.is_staff)
            )
        ]


class Companies:
    """The organizations of a source; `mapped` are keys of ours by ids or names there."""

    def __init__(self, source, records, mapped):
        self.source, self.by_id, self.by_name, self.mapped = source, {}, {}, mapped
        self._read()
        for record in records:
            self._add(record)

    def match(self):
        """Look again which are here."""
        self._read()
        for company in {id(each): each for each in self.by_id.values()}.values():
            self._match(company)

    def _read(self):
        ours = list(Organization.objects.order_by("pk"))
        self.ours_by_key = {each.key: each for each in ours}
        self.ours_by_pk = {each.pk: each for each in ours}
        self.ours_by_name = {}
        for each in ours:
            self.ours_by_name.setdefault(name_key(each.name), []).append(each)
        self.known = _known(self.source, SourceKind.ORGANIZATION)

    def _add(self, record):
        company = Company(record.id, clean_name(record.name) or record.id)
        self._match(company)
        self.by_id.setdefault(record.id, company)
        self.by_name.setdefault(name_key(company.name), company)
        return company

    def _match(self, company):
        wanted = self.mapped.get(company.external_id) or self.mapped.get(company.name)
        if company.external_id in self.known:
            company.organization = self.ours_by_pk.get(self.known[company.external_id])
            company.is_made_here = company.organization is not None
        elif wanted:
            company.organization = self.ours_by_key.get(wanted)
            company.is_ambiguous = company.organization is None
        else:
            same = self.ours_by_name.get(name_key(company.name), [])
            company.organization = same[0] if len(same) == 1 else None
            company.is_ambiguous = len(same) > 1

    def find(self, reference):
        """The organization of an id or a name; a name that no record has makes one."""
        if not reference:
            return None
        found = self.by_id.get(reference) or self.by_name.get(name_key(reference))
        return found or self._add(OrganizationRecord(reference, reference))

    def to_make(self):
        every = {id(each): each for each in [*self.by_id.values(), *self.by_name.values()]}
        return [
            each for each in every.values() if each.organization is None and not each.is_ambiguous
        ]


def only_organizations(users):
    """The organization of each customer who belongs to exactly one, by the person's key."""
    found = {}
    for chunk in _chunks(users):
        rows = Membership.objects.filter(user__in=chunk).select_related("organization")
        for each in rows:
            found.setdefault(each.user_id, []).append(each.organization)
    return {user: each[0] for user, each in found.items() if len(each) == 1}


def _valid(email):
    """The normal form of an address; empty for what is none."""
    email = normal_email(email)
    if len(email) > LONGEST_ADDRESS:
        return ""
    try:
        validate_email(email)
    except ValidationError:
        return ""
    return email


def _known(source, kind):
    """The keys here of what was imported before, by the ids there."""
    if source.pk is None:
        return {}
    found = SourceId.objects.filter(source=source, kind=kind)
    return dict(found.values_list("external_id", "target_id"))


def _in_chunks(model, column, values):
    for chunk in _chunks(values):
        yield from model.objects.filter(**{f"{column}__in": chunk})


def _chunks(values):
    values = list(values)
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
