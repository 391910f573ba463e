"""Why the roster is as it is: alternatives and prices, wishes searched again, where the bound leaves room, holes."""
