"""What the board shows of a site's plans and of its floor, as plain data: no words but names, no markup."""
