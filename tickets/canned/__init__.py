"""What a canned reply is made of: the placeholders in its texts."""
