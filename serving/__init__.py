"""What both servers stand on: the shape of a message, and how a request may arrive over HTTP."""
