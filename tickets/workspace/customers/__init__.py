"""What agents know of a customer: the card of a ticket's customer, and notes."""
