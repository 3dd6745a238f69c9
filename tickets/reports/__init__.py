"""What supervisors read of the promises: how many were kept, by whom, to whom, how fast."""
