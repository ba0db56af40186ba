"""Recovering the password: which way suits the person, and its guide step by step."""

from __future__ import annotations

from actions import bureau
from actions.content_types import Way
from actions.turn import TopicAction, Turn

WAY_INTENTS = {
    "recover_by_phone": "phone",
    "recover_by_face": "face",
    "recover_by_liaison": "liaison",
    "recover_by_application_liaison": "application_liaison",
}
LAST_WAY = "bureau"


def find_way(turn: Turn) -> None:
    """Leads to the first way that may still suit: asks about it, or begins it."""
    name = next(it for it in turn.content.ways if it not in turn.memory.obstacles or it == LAST_WAY)
    way = turn.content.ways[name]
    if name == LAST_WAY:
        turn.say("triage.none_left")
        turn.offer("all_ways")
        bureau.hand_over(turn)
    elif way.ask:
        ask_way(turn, name)
    else:
        turn.say("triage.otherwise")
        start_guide(turn, name)


def ask_way(turn: Turn, name: str) -> None:
    """Asks whether a way suits the person."""
    way = turn.content.ways[name]
    turn.say_text(way.ask or way.title)
    turn.offer("yes", "no", "all_ways", "other_password")
    turn.memory.question = f"way:{name}"
    turn.card = {"kind": "question", "way": name}


def list_ways(turn: Turn) -> None:
    """Shows all ways to choose from."""
    turn.say("triage.all")
    lines = [
        turn.content.text("triage.item", number=number, title=way.title, who=way.who)
        for number, way in enumerate(turn.content.ways.values(), start=1)
    ]
    turn.say_text("\n".join(lines))
    offered = [it for it in WAY_INTENTS.values() if it not in turn.memory.obstacles]
    intents = {way: intent for intent, way in WAY_INTENTS.items()}
    for name in offered[:3]:
        turn.offer_button(turn.content.ways[name].short, f"/{intents[name]}")
    turn.offer("contact_bureau")
    turn.memory.question = "ways"
    turn.card = {"kind": "ways", "ways": [way.title for way in turn.content.ways.values()]}


def start_guide(turn: Turn, name: str) -> None:
    """Begins a way, or goes on where the person left it before."""
    memory, way = turn.memory, turn.content.ways[name]
    memory.diagnosis = memory.resume = None
    if name in memory.obstacles:
        memory.obstacles.remove(name)
    step = min(memory.attempts.get(name, 1), len(way.steps))
    memory.guide = {"way": name, "step": step}
    if step > 1:
        turn.say("triage.resumed", step=step)
    else:
        values = {"way": way.title, "total": len(way.steps), "who": way.who}
        turn.say("navigate.step.opening", needs=way.needs, differs=way.differs, **values)
    show_step(turn)


def show_step(turn: Turn) -> None:
    """Shows the present step of the running guide."""
    way, number = running(turn)
    step = way.steps[number - 1]
    content, total = turn.content, len(way.steps)
    turn.say_text(
        "\n".join(
            [
                content.text("navigate.step.heading", step=number, total=total, title=step.title),
                step.do,
                content.text("navigate.step.see", see=step.see),
                content.text("navigate.step.if_not", if_not=step.if_not),
            ]
        )
    )
    turn.offer("next", *step.troubles)
    turn.offer("stuck")
    if not step.troubles:
        turn.offer("another_way")
    turn.memory.attempts[turn.memory.guide["way"]] = number  # type: ignore[index]
    turn.memory.question, turn.memory.resume = "step", None
    turn.card = {
        "kind": "step",
        "way": way.title,
        "step": number,
        "total": total,
        "title": step.title,
        "do": step.do,
        "see": step.see,
        "if_not": step.if_not,
        "picture": step.picture,
    }


def ask_finish(turn: Turn) -> None:
    """Asks, after the last step, whether the way has worked."""
    way, _ = running(turn)
    turn.say_text(way.finish)
    turn.offer("can_log_in", "cannot_log_in", "previous")
    turn.memory.question, turn.memory.resume = "finish", None


def leave_way(turn: Turn) -> None:
    """Gives the running guide up as not working and leads to the next way."""
    memory = turn.memory
    if memory.guide:
        memory.add_obstacle(memory.guide["way"])
    if memory.diagnosis:
        memory.add_obstacle(*turn.content.troubles[memory.diagnosis["trouble"]].rules_out)
    if (turn.asked or "").startswith("way:"):
        memory.add_obstacle((turn.asked or "").removeprefix("way:"))
    memory.diagnosis = memory.resume = None
    find_way(turn)


def running(turn: Turn) -> tuple[Way, int]:
    """Returns the way of the running guide and the number of its present step.

    Raises:
        LookupError: if no guide is running.
    """
    if not turn.memory.guide:
        raise LookupError("no guide is running")
    return turn.content.ways[turn.memory.guide["way"]], int(turn.memory.guide["step"])


class ActionFindWay(TopicAction):
    """Answers who has forgotten the password, with no way named."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_find_way"

    def act(self, turn: Turn) -> None:
        """Asks for the way that suits, or shows all, or goes to the next one."""
        extent = turn.entity("extent")
        if extent == "all":
            list_ways(turn)
        elif extent == "next":
            leave_way(turn)
        elif extent == "bureau":
            start_guide(turn, LAST_WAY)
        elif turn.entity("other_system") and not turn.memory.guide:
            explain_system(turn)
        elif turn.memory.guide:
            turn.memory.resume = turn.memory.resume or "step"
            turn.offer_return()
            turn.offer("all_ways", "another_way", "start_over")
        else:
            find_way(turn)


class ActionStartGuide(TopicAction):
    """Begins the guide of the way that was named."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_start_guide"

    def act(self, turn: Turn) -> None:
        """Starts the way of the intent; the same way again shows its present step."""
        start_guide(turn, WAY_INTENTS[turn.intent])


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
        turn.memory.question = "which_password"
        return
    wanted = named.replace(" ", "").casefold()
    known = [it for it in content.systems if wanted in (name.casefold() for name in it.names)]
    known += [it for it in content.systems if any(name.casefold() in wanted for name in it.names)]
    turn.say_text(known[0].text if known else content.text("other_systems.unknown", system=named))
    turn.say("other_systems.after")
    turn.offer("licence_password", "contact_bureau")
