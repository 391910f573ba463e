"""Search line by line: one person's whole horizon is solved exactly at the price of cover."""
