"""What happens to tickets, sent to addresses that organizations and the provider name."""
