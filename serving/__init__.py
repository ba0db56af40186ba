"""What the Rasa server and the action server both stand on: how a request may arrive over HTTP."""
