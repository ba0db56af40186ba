"""The passwords of other systems, which people mix up with the licence's."""

from __future__ import annotations

from actions.questions import Question
from actions.turn import TopicAction, Turn


class SystemQuestion(Question):
    """Which system's password it is."""

    kind = "which_password"


class ActionExplainSystem(TopicAction):
    """Answers who means the password of another system."""

    digression = True

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_explain_system"

    def act(self, turn: Turn) -> None:
        """Says where that password is recovered, or asks which one it is."""
        explain_system(turn)


def explain_system(turn: Turn) -> None:
    """Says where the password of the named system is recovered, or asks which one is meant."""
    named = turn.entity("other_system")
    content = turn.content
    if not named:
        turn.say("other_systems.which")
        turn.offer("licence_password")
        for choice in content.system_choices:
            turn.offer("system", title=choice["title"], name=choice["name"])
        turn.pend(SystemQuestion())
        return
    wanted = named.replace(" ", "").casefold()
    known = [
        system for system in content.systems if wanted in (name.casefold() for name in system.names)
    ]
    known += [
        system
        for system in content.systems
        if any(name.casefold() in wanted for name in system.names)
    ]
    turn.say_text(known[0].text if known else content.text("other_systems.unknown", system=named))
    turn.say("other_systems.after")
    turn.offer("licence_password", "contact_bureau")
