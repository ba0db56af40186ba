"""What the assistant does with an understood message: Rasa custom actions, one module per topic."""
