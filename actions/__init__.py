"""What the assistant does with an understood message: Rasa custom actions, one module per topic.

rasa_sdk imports this package before it starts the action server, then asks its plug-ins.
"""

from rasa_sdk.plugin import plugin_manager

from serving import action_server

if not plugin_manager().is_registered(action_server):
    plugin_manager().register(action_server)
