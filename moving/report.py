"""What an import would do or did, as lines of text for the operator."""

from tickets.choices import Status

from .mapping import KNOWN


class Survey:
    """One pass over all that was read, before anything is written."""

    def __init__(self, resolver):
        self.resolver = resolver
        self.tickets = self.known = self.open = self.messages = self.notes = self.lines = 0
        # Who asked for what organization there, the first one first.
        self.requesters = {}

    def take(self, staged, known):
        """Count a ticket that was read; `known` are the ids of those that are here already."""
        resolved = self.resolver.resolve(staged)
        if resolved is None:
            return
        self.tickets += 1
        self.known += resolved.record.id in known
        self.open += resolved.status != Status.CLOSED
        self.messages += sum(not each.is_note for each in resolved.messages)
        self.notes += sum(each.is_note for each in resolved.messages)
        self.lines += len(resolved.lines)
        if resolved.company is not None:
            pair = (resolved.company, resolved.requester)
            self.requesters.setdefault((id(pair[0]), id(pair[1])), pair)

    def report(self, stage, kinds):
        """The lines: what maps to what, who is who, what is left out and why."""
        yield f"tickets: {self.tickets} of {stage.count(kinds.ticket)} can be imported"
        yield f"  {self.known} of them are here already, {self.open} are open"
        yield f"messages: {self.messages}, internal notes: {self.notes}, history: {self.lines}"
        yield from self._mapped()
        yield from self._parties()
        yield from _listed("left out", self.resolver.skipped)
        yield from _listed("noticed", self.resolver.findings)
        repeated = [f"{count} {name}" for name, count in stage.repeated.items() if count]
        if repeated:
            yield f"rows whose id was there before, left out: {', '.join(repeated)}"
        for name, kind in (("messages", kinds.message), ("lines of history", kinds.line)):
            if count := stage.orphans(kind):
                yield f"{name} of no ticket that was read, left out: {count}"

    def _mapped(self):
        mapping = self.resolver.mapping
        for kind in KNOWN:
            yield f"{kind}:"
            for (word, target), count in mapping.seen[kind].most_common():
                mark = "  (unknown: a default)" if (kind, word) in mapping.unknown else ""
                yield f"  {word or '–'} → {target}  {count}{mark}"

    def _parties(self):
        people, companies = self.resolver.people, self.resolver.companies
        new = people.to_make()
        matched = sum(each.user is not None for each in people.by_email.values())
        yield f"people: {matched} have an account here by their address, {len(new)} get one"
        agents = [each for each in new if each.role == "agent"]
        if agents:
            yield "  for support that has no account here, nobody can sign in:"
            yield from (f"    {each.name} <{each.email}>" for each in agents)
        nowhere = sum(not each.is_reachable for each in new)
        if nowhere:
            yield f"  without a valid address, nobody can sign in: {nowhere}"
        if people.shared:
            yield f"  of one address with somebody else, taken as one person: {people.shared}"
        made = companies.to_make()
        found = {each.organization.key for each in companies.by_id.values() if each.organization}
        yield f"organizations: {len(found)} are here already, {len(made)} are made"
        yield from (f"  new: {each.name}" for each in made[:20])


def _listed(heading, findings):
    if findings.counts:
        yield f"{heading}:"
    for what, count in findings.counts.most_common():
        examples = ", ".join(findings.examples[what])
        yield f"  {count} × {what}" + (f": {examples}" if examples else "")
