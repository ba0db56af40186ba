"""The website's chat: sessions, messages, answers as they come, and the page with the window."""
