"""The web board: the only place that knows a web framework. Pages and API call `desk.actions` like the command line."""
