"""The life of a ticket as a Mermaid diagram, read from the state machine itself."""

from tickets.choices import Status

from . import Ticket


def mermaid():
    """The source of the diagram: one arrow for each edge, moves between the same two together."""
    moves = {}
    for move in Ticket._meta.get_field("status").get_all_transitions(Ticket):
        moves.setdefault((move.source, move.target), []).append(str(move.custom["label"]))
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{status.label}" as {status.value}' for status in Status]
    lines.append(f"    [*] --> {Status.AWAITING_RESPONSE}: Open")
    order = {status.value: place for place, status in enumerate(Status)}
    for source, target in sorted(moves, key=lambda edge: (order[edge[0]], order[edge[1]])):
        labels = " / ".join(sorted(moves[source, target]))
        lines.append(f"    {source} --> {target}: {labels}")
    return "\n".join(lines) + "\n"
