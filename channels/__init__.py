"""How messages come in and answers go out: one module or package per place."""
