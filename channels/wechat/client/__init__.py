"""The API of the platforms: tokens, calls, sends, media, and the platform's time."""
