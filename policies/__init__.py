"""What a message means in the conversation it stands in."""
